/**
 * Cisco's network-based recording sends no metadata: one header for each party names its address and media line
 * (`X-Cisco-Recording-Participant: sip:...;media-index="0"`). Converts these to the same facts as metadata.
 */
import { readAddresses, type HeaderReader } from './read-header-value.ts'
import type { RecordingMetadata } from './recording-metadata.ts'

const maxMediaIndex = 31

/** Returns the id of the stream that such a header links to a media line; labels are not offered. */
export function mediaIndexId(index: number): string {
  return `media-index:${index}`
}

export function readNetworkRecording(headers: HeaderReader): RecordingMetadata | undefined {
  const parties = readAddresses(headers('x-cisco-recording-participant'))
  if (parties.length === 0) return undefined
  const participants = parties.map(({ uri }, at) => ({ id: `(participant ${at + 1})`, aors: [uri] }))
  const links = parties.flatMap(({ parameters }, at) =>
    (parameters.get('media-index')?.match(/\d{1,2}/g) ?? [])
      .map(Number)
      .filter((index) => index <= maxMediaIndex)
      .map((index) => ({
        participantId: participants[at]!.id,
        streamId: mediaIndexId(index),
        direction: 'send' as const,
      })),
  )
  const streamIds = new Set(links.map(({ streamId }) => streamId))
  return {
    dataMode: 'complete',
    sessions: [],
    participants,
    streams: [...streamIds].map((id) => ({ id })),
    groups: [],
    streamLinks: links,
    sessionLinks: [],
    vendor: {},
  }
}
