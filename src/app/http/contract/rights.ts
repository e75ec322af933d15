/** The access-authorisation procedure: requests, decisions, reviews, who may see what and why (R36-R41). */
export const rightsOperations = {} as const
