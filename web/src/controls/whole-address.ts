/** For links to one page with different search parameters: the current one is that whose full address matches. */
export const wholeAddress = { includeSearch: true, exact: true } as const
