/** Returns the id of a turn's row; for '' the prefix of all these ids. */
export const turnId = (key: number | '') => `turn-${key}`
