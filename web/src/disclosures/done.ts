/** Called after an act: announces it, reads the page again, and focuses the given heading, or what is missing. */
export type Done = (message: string, heading?: string) => Promise<void>
