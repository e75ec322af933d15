/** For links to one page in several ways: the current one is that whose whole address, with what is asked for, is the page's. */
export const wholeAddress = { includeSearch: true, exact: true } as const
