/** Returns the id of a turn's row. */
export const turnId = (key: number | '') => `turn-${key}`
