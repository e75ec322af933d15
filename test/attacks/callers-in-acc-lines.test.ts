// Callers' own texts in the lines of Kamailio's and OpenSIPS's acc (docs/operate/feeds.md).
import { expect, test } from 'vitest'
import { readerOf } from '#capture/feeds/sources.ts'

const feed = readerOf({ source: 'acc', fields: {}, zone: 'Europe/Helsinki' })

function read(caller: string, referredBy: string) {
  const line = `Nov 20 09:00:44 edge kamailio[917]: NOTICE: acc [acc.c:288]: acc_log_request(): ACC: transaction answered: timestamp=1795158044;method=INVITE;from_tag=a;to_tag=b;call_id=own@edge;code=200;reason=OK;src_user=${caller};dst_ouser=029497000;dst_user=0295121001;referred_by=${referredBy}`
  return feed.read(line, '')
}

test.each([
  ['is not a call', '+358401234567', '<sip:x@y>;method=OPTIONS'],
  ['is somebody else’s', '+358401234567', '<sip:x@y>;src_user=+358501112233;dst_user=0295121002'],
  ['is another call', '+358401234567', '<sip:x@y>;call_id=other@edge'],
  ['is another call, by a field that acc lines do not have', '+358401234567', '<sip:x@y>;acc_call_id=other@edge'],
  ['was answered another day', '+358401234567', '<sip:x@y>;timestamp=1790000000'],
  ['had another start and length', '+358401234567', '<sip:x@y>;call_start_time=1790000000;duration=5'],
  ['is not a call, by the user part of From', '+358401234567;method=OPTIONS', ''],
  ['was another official’s, by the user part of From', '+358401234567;dst_user=0295121002', ''],
])('a line in which a caller claims that their call %s is unreadable', (_, caller, by) => {
  expect(read(caller, by)).toEqual([{ is: 'problem', reason: 'not-a-record' }])
})

test.each([
  ['in the user part of From', '+358401234567;phone-context=example.org', ''],
  ['in Referred-By', '+358401234567', '"Aino; A" <sip:0295121003@edge;transport=tls>;cid="2@edge"'],
])('a semicolon %s without a meaning leaves the record readable', (_, caller, by) => {
  const [reported] = read(caller, by)
  expect(reported).toMatchObject({ is: 'record', record: { callId: 'own@edge', official: '0295121001' } })
  expect(reported).toMatchObject({ record: { caller: '+358401234567' } })
})
