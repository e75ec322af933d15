/** Writes the RFC 7865 metadata of a planned call. */

/** One party of the call. */
export type MetadataParticipant = {
  readonly id: string
  /** Address of record: `sip:+358...@host;user=phone` or `sip:anonymous@anonymous.invalid`. */
  readonly aor: string
  readonly name?: string
  readonly language?: string
  readonly joinedAt: Date
  /** True if this party placed the call, as Oracle's SBC reports; absent by default. */
  readonly calling?: boolean
  /** Identifier of the stream that contains this party's speech. */
  readonly sends?: string
  /** Identifier of the stream that this party hears. */
  readonly receives?: string
}

/**
 * RFC 7865 metadata of one communication session, complete (`datamode` complete), as a simple recording client writes
 * them. The service number called is a participant without streams; the official has a number of the directory; the
 * caller is neither. The session's `start-time` is the beginning of the caller's call, and the official's
 * `associate-time` is the official's answer.
 */
export type RecordingMetadata = {
  readonly groupId: string
  readonly sessionId: string
  /** Session identifier of the recorded call's own SIP session (RFC 7989): two 32-digit halves. */
  readonly sipSessionId: string
  readonly groupStartedAt: Date
  readonly startedAt: Date
  readonly stoppedAt?: Date
  readonly participants: readonly MetadataParticipant[]
  readonly streams: readonly { readonly id: string; readonly label: string }[]
}

export function writeMetadata(metadata: RecordingMetadata): string {
  const { groupId, sessionId, participants, streams } = metadata
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<recording xmlns="urn:ietf:params:xml:ns:recording:1">',
    '  <datamode>complete</datamode>',
    `  <group group_id="${groupId}">`,
    `    <associate-time>${time(metadata.groupStartedAt)}</associate-time>`,
    '  </group>',
    `  <session session_id="${sessionId}">`,
    `    <sipSessionID>${metadata.sipSessionId}</sipSessionID>`,
    `    <group-ref>${groupId}</group-ref>`,
    `    <start-time>${time(metadata.startedAt)}</start-time>`,
    ...(metadata.stoppedAt ? [`    <stop-time>${time(metadata.stoppedAt)}</stop-time>`] : []),
    '  </session>',
    ...participants.flatMap(({ id, aor, name, language, calling }) => [
      `  <participant participant_id="${id}">`,
      `    <nameID aor="${escapeXml(aor)}"${name === undefined ? '/' : ''}>`,
      ...(name === undefined
        ? []
        : [`      <name${language ? ` xml:lang="${language}"` : ''}>${escapeXml(name)}</name>`, '    </nameID>']),
      ...(calling === undefined
        ? []
        : [
            '    <extensiondata xmlns:apkt="http://acmepacket.com/siprec/extensiondata">',
            `      <apkt:callingParty>${calling}</apkt:callingParty>`,
            '    </extensiondata>',
          ]),
      '  </participant>',
    ]),
    ...streams.flatMap(({ id, label }) => [
      `  <stream stream_id="${id}" session_id="${sessionId}">`,
      `    <label>${escapeXml(label)}</label>`,
      '  </stream>',
    ]),
    `  <sessionrecordingassoc session_id="${sessionId}">`,
    `    <associate-time>${time(metadata.startedAt)}</associate-time>`,
    '  </sessionrecordingassoc>',
    ...participants.flatMap(({ id, joinedAt }) => [
      `  <participantsessionassoc participant_id="${id}" session_id="${sessionId}">`,
      `    <associate-time>${time(joinedAt)}</associate-time>`,
      '  </participantsessionassoc>',
    ]),
    ...participants.flatMap(({ id, sends, receives }) =>
      sends === undefined && receives === undefined
        ? []
        : [
            `  <participantstreamassoc participant_id="${id}">`,
            ...(sends === undefined ? [] : [`    <send>${sends}</send>`]),
            ...(receives === undefined ? [] : [`    <recv>${receives}</recv>`]),
            '  </participantstreamassoc>',
          ],
    ),
    '</recording>',
  ]
  return `${lines.join('\n')}\n`
}

const time = (date: Date) => date.toISOString()

const escapeXml = (text: string) =>
  text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!)
