/** Channels on which the database tells of an admission, of an end that was decided, or of a prohibition; the payload is an id. */
export const channels = {
  callChanged: 'seloste_calls',
  recordingStored: 'seloste_stored',
  endDecided: 'seloste_ends',
  /** Of a recording: capture has it, perhaps. */
  forbidden: 'seloste_forbidden',
} as const
