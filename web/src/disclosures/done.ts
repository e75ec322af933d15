/** Something was done: it is said, the page is read anew, and the focus goes to that heading, or to what is missing. */
export type Done = (said: string, heading?: string) => Promise<void>
