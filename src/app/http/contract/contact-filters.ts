/** The filters of the contact search, for the pages: the one table of the contract that browsers load. */
export * from '#use/search/contact-filters.ts'
