/** Notification channels for admissions, decided ends and prohibitions; the payload is an id. */
export const channels = {
  callChanged: 'seloste_calls',
  recordingStored: 'seloste_stored',
  endDecided: 'seloste_ends',
  /** Id of a forbidden recording, which a capture node may have. */
  forbidden: 'seloste_forbidden',
  /** A conference of several capture nodes has begun, changed or ended. */
  conferences: 'seloste_conferences',
} as const
