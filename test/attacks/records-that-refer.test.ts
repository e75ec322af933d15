/** Records of a feed that refer to each other without end cost no more than their size (R9). */
import { expect, test } from 'vitest'
import { createCallAssembler } from '#capture/feeds/assemble-calls.ts'
import { readerOf } from '#capture/feeds/sources.ts'

const reader = readerOf({ source: 'freeswitch', fields: {}, zone: 'Europe/Helsinki' })
const startSeconds = 1_795_158_000

const conferenceChannel = (n: number) =>
  JSON.stringify({
    channel_data: { direction: 'inbound' },
    variables: {
      ...{ uuid: `channel-${n}`, conference_uuid: 'one', sip_to_user: '029497000' },
      ...{ start_epoch: String(startSeconds), end_epoch: String(startSeconds + 60) },
    },
    app_log: { applications: [{ app_name: 'conference', app_data: 'c', app_stamp: `${startSeconds}000000` }] },
    callflow: [{ caller_profile: { caller_id_number: `+3584012${10_000 + n}` }, times: {} }],
  })

test('five hundred channels that claim one conference are five hundred calls, each with no more participants than a conference may have', () => {
  const assembler = createCallAssembler({ settleMs: 0 })
  const channels = Array.from({ length: 500 }, (_, n) => n)
  for (const read of channels.flatMap((n) => reader.read(conferenceChannel(n), undefined)))
    if (read.is === 'record') assembler.add(read.record, startSeconds * 1000, () => undefined)
  const reported = assembler.settled(startSeconds * 1000 + 1)
  expect(new Set(reported.map(({ callId }) => callId)).size).toBe(500)
  expect(Math.max(...reported.map(({ legs }) => legs.length))).toBeLessThanOrEqual(32)
})

test('a record with ten thousand bridges, profiles or conferences is read like one with fifty', () => {
  const profile = (n: number) => ({
    caller_profile: {
      originatee: { originatee_caller_profiles: [{ uuid: `other-${n}`, destination_number: '1042' }] },
    },
    times: { bridged_time: `${startSeconds + n}000000`, transfer_time: '0' },
  })
  const many = Array.from({ length: 10_000 }, (_, n) => n)
  const record = {
    ...(JSON.parse(conferenceChannel(1)) as object),
    callflow: many.map(profile),
    app_log: {
      applications: many.map((n) => ({
        app_name: 'conference',
        app_data: 'c',
        app_stamp: `${startSeconds + n}000000`,
      })),
    },
  }
  const [read] = reader.read(JSON.stringify(record), undefined)
  const { bridges, conferences } = (read?.is === 'record' && read.record.channel) || { bridges: [], conferences: [] }
  expect([bridges.length, conferences.length]).toEqual([50, 50])
})
