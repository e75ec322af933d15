import { expect, test } from 'vitest'
import type { SipRequest } from '../../sip/message.ts'
import { createClientStatistics, type ClientProfile } from './client-statistics.ts'
import type { CallInvitation } from '../machine/describe-segment.ts'
import type { SessionRequest } from '../reading/read-requests.ts'

const metadata = `<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"><participant participant_id="p1">
  <nameID aor="sip:+358401234567@192.0.2.7"><name>Matti Meikäläinen</name></nameID></participant></recording>`

function requestFrom(userAgent = 'SBC/9.1 (+358401234567)'): SessionRequest {
  const header = (name: string, value: string) => ({ name, value })
  const body = Buffer.from(metadata)
  const headers = [
    header('user-agent', userAgent),
    header('p-asserted-identity', '<sip:+358401234567@192.0.2.7>'),
    header('content-type', 'application/rs-metadata+xml'),
    header('x-040-1234567', 'x'),
  ]
  const request = { method: 'INVITE', headers, body } as unknown as SipRequest
  return { request, source: { transport: 'tls', address: '192.0.2.7', port: 1 }, dialog: { id: 'd' } }
}

const invitation = {
  found: 'both',
  streams: [
    {
      accepted: true,
      label: 'Matti',
      codecs: [
        { encoding: 'PCMA', clockRate: 8000 },
        { encoding: '"Matti', clockRate: 8000 },
      ],
      crypto: { suiteName: 'AES_CM_128_HMAC_SHA1_80' },
    },
  ],
  problems: ['xml-repaired'],
  parties: { sources: { caller: 'apkt', streams: 'associations' }, needsReview: ['numberUnknown'] },
} as unknown as CallInvitation

test('stores names of a client’s elements and their counts, and no value that it sent', () => {
  const clients = createClientStatistics()
  clients.record(requestFrom(), invitation, 'pohjoinen')
  clients.record(requestFrom(), invitation, 'pohjoinen')
  clients.refused(requestFrom(), 'No Audio Stream', 'pohjoinen')
  const [counts, ...others] = clients.take()
  expect(others).toEqual([])
  expect(counts).toMatchObject({ trunk: 'pohjoinen', client: 'SBC/9.1 (+)', sessions: 2, refused: 1 })
  expect(counts!.sends.map(({ kind, name, times }) => `${kind} ${name} ${times}`)).toEqual([
    'transport tls 2',
    'body both 2',
    'element recording 2',
    'element recording/participant[participant_id] 2',
    'element recording/participant/nameID[aor] 2',
    'element recording/participant/nameID/name 2',
    'header user-agent 2',
    'header p-asserted-identity 2',
    'header content-type 2',
    'codec PCMA/8000 2',
    'codec ?/8000 2',
    'suite AES_CM_128_HMAC_SHA1_80 2',
    'label word 2',
    'mapping associations 2',
    'caller apkt 2',
    'number none 2',
    'official none 2',
    'problem xml-repaired 2',
    'review numberUnknown 2',
    'refusal No Audio Stream 1',
  ])
  for (const value of ['1234567', 'Matti', '192.0.2.7']) expect(JSON.stringify(counts)).not.toContain(value)
})

test('`take` removes the counts, and counts that could not be stored are added to later counts', () => {
  const clients = createClientStatistics()
  clients.record(requestFrom(), invitation, undefined)
  const counts = clients.take()
  expect(clients.take()).toEqual([])
  clients.record(requestFrom(), invitation, undefined)
  clients.putBack(counts)
  const [again] = clients.take()
  expect(again).toMatchObject({ trunk: '', sessions: 2 })
  expect(again!.sends.find(({ kind }) => kind === 'transport')).toMatchObject({ times: 2 })
})

test('a request structure is reported once, and memory is limited if senders invent client names', () => {
  const seen: ClientProfile[] = []
  const clients = createClientStatistics((profile) => seen.push(profile))
  for (let n = 0; n < 500; n++) clients.record(requestFrom(`Made up ${n % 300}`), invitation, undefined)
  expect(seen).toHaveLength(200)
  expect(clients.take()).toHaveLength(200)
})
