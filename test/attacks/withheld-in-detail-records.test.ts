// Promise: the number of a caller who withholds it is not stored (AC9). The attack: a telephone system whose detail record has the number
// that the network asserted, beside the request for privacy.
import { expect, test } from 'vitest'
import { readAsteriskCdr } from '#capture/feeds/read-asterisk.ts'
import { readFreeswitch } from '#capture/feeds/read-freeswitch.ts'

const read = (variables: object, name = '') => {
  const caller_profile = { caller_id_name: name, caller_id_number: '+358401234567', destination_number: '029497000' }
  const times = { start_uepoch: '1790000000000000', end_uepoch: '1790000060000000' }
  const record = {
    channel_data: { direction: 'inbound' },
    variables: { uuid: 'a0a0a0a0-1', sip_req_user: '029497000', ...times, ...variables },
    callflow: [{ caller_profile }],
  }
  const [found] = readFreeswitch(record, { source: 'freeswitch', zone: 'Europe/Helsinki', fields: {} })
  return found?.is === 'record' ? found.record : undefined
}

test.each<[string, object, string?]>([
  ['Privacy', { sip_Privacy: 'id' }],
  ['an anonymous From', { sip_from_user: 'anonymous', sip_from_host: 'anonymous.invalid' }],
  ['a private Remote-Party-ID', { 'sip_Remote-Party-ID': '<sip:+358401234567@trunk>;party=calling;privacy=full' }],
  ['a display name', { sip_from_user: '+358401234567' }, 'Anonymous'],
])('a record of FreeSWITCH with %s has no caller', (_, variables, name) => {
  expect(read(variables, name)).toMatchObject({ called: '029497000' })
  expect(read(variables, name)?.caller).toBeUndefined()
})

test('a record of FreeSWITCH without a request for privacy has its caller', () => {
  expect(read({ sip_Privacy: 'none' }, 'Maija')?.caller).toBe('+358401234567')
})

test.each([
  ['"Anonymous" <+358401234567>', undefined],
  ['"Maija" <+358401234567>', '+358401234567'],
  ['+358401234567', '+358401234567'],
])('a record of Asterisk with the caller id %s has the caller %s', (clid, caller) => {
  const times = { start: '2026-11-30 10:00:00', end: '2026-11-30 10:01:00', duration: '60' }
  const fields = {
    uniqueid: '1793000123.57',
    src: '+358401234567',
    dst: '029497000',
    clid,
    channel: 'PJSIP/trunk-1',
    ...times,
  }
  const found = readAsteriskCdr(fields, { source: 'asterisk-csv', zone: 'Europe/Helsinki', fields: {} })
  expect(found).toMatchObject({ is: 'record', record: { called: '029497000' } })
  expect(found.is === 'record' && found.record.caller).toBe(caller)
})
