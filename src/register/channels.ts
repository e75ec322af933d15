/** Channels on which the database tells of an admission, or of an end that was decided; the payload is an id. */
export const channels = {
  callChanged: 'seloste_calls',
  recordingStored: 'seloste_stored',
  endDecided: 'seloste_ends',
} as const
