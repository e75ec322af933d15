/** Channels on which the database tells of an admission; the payload is an id. */
export const channels = { callChanged: 'seloste_calls', recordingStored: 'seloste_stored' } as const
