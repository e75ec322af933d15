/** Options for links to one page with different search parameters: a link is current if the full URL matches. */
export const exactUrlMatch = { includeSearch: true, exact: true } as const
