import { expect, test } from 'vitest'
import { readShippedDescription } from '#test/database/describe-from.ts'
import { messageOf } from '#test/vectors/siprec/read-vector.ts'
import { createRequestReader } from './read-requests.ts'
import { trunkFinder } from './trunks.ts'

test('an operator’s settings for a client apply to its whole session, even if only the first request names the client', async () => {
  const version = { version: 1, description: await readShippedDescription() }
  const invite = messageOf('jambonz-smarttap')
  const userAgent = { name: 'user-agent', value: 'our-voice-bot 1.0' }
  const reader = createRequestReader({
    versionAt: () => version,
    officials: () => [],
    findTrunk: trunkFinder([{ name: 'bot', from: ['192.0.2.0/24'], client: 'voice-bot', tracks: 'crossed' }]),
  })
  const source = { address: '192.0.2.9', port: 5060, transport: 'udp' as const }
  const headers = invite.headers.filter(({ name }) => name !== 'user-agent')
  const incoming = (dialog: string, namesClient: boolean) => ({
    request: { ...invite, headers: namesClient ? [...headers, userAgent] : headers },
    source,
    dialog: { id: dialog },
  })
  const now = Temporal.Now.instant()
  const tracks = (dialog: string, namesClient: boolean) => {
    const found = reader.read(incoming(dialog, namesClient), now)
    return 'invitation' in found ? found.invitation.parties.streams : found
  }
  expect(tracks('a', true)).toEqual({ 0: 'official', 1: 'caller' })
  reader.begin(incoming('a', true), 0, { behindMs: 0, toldAnswer: true })
  expect(tracks('a', false)).toEqual({ 0: 'official', 1: 'caller' })
  expect(tracks('another', false)).toEqual({ 0: 'caller', 1: 'official' })
})
