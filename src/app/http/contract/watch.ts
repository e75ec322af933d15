/** Those who watch: alarms, review lists, extracts (R21, L11). */
export const watchOperations = {} as const
