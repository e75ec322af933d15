/** Notification channels of the database. */
export const channels = {
  /** Calls were entered, changed or ended. Payload: the id of one of the contacts. */
  callChanged: 'seloste_calls',
  /** A recording is stored, and can be ingested. Payload: its id. */
  recordingStored: 'seloste_stored',
  /**
   * The custodian can destroy something: the destruction of a recording was decided, or capture has stopped and released it
   * (payload: its id), or two people have confirmed the clock (payload: `clock`).
   */
  destructionDue: 'seloste_ends',
  /** A recording that a capture node may have is forbidden or to be destroyed. Payload: its id. */
  forbidden: 'seloste_forbidden',
  /** A conference of several capture nodes has begun, changed or ended. Payload: the contact's id, or empty. */
  conferences: 'seloste_conferences',
} as const
