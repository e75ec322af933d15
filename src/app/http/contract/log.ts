/** The audit log: entries, verification, checkpoints (R21). */
export const logOperations = {} as const
