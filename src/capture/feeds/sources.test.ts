import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DetailRecord } from './detail-record.ts'
import type { SourceName, SourceOptions } from './source-options.ts'
import { readerOf } from './sources.ts'

function read(source: SourceName, text: string, more: Partial<SourceOptions> = {}, heading = '') {
  return readerOf({ source, fields: {}, zone: 'Europe/Helsinki', ...more }).read(text, heading)
}

function record(results: ReturnType<typeof read>): DetailRecord {
  const [first] = results
  if (first?.is !== 'record') throw new Error(JSON.stringify(results))
  return first.record
}

const at = (text: string) => Temporal.Instant.from(text)

describe('Asterisk', () => {
  const answered =
    '"","+358401234567","029497000","from-trunk","""Matti, M"" <+358401234567>","PJSIP/trunk-0000002f","PJSIP/1042-00000030","Queue","customer,tT,,,300","2026-11-20 09:14:02","2026-11-20 09:14:31","2026-11-20 09:20:31",389,360,"ANSWERED","DOCUMENTATION","1763622842.47","b7e1c9d2@sbc.example"'

  test('a line of Master.csv reports caller, number, official and times in its zone', () => {
    expect(record(read('asterisk-csv', answered, { fields: { sipCallId: ['userfield'] } }))).toEqual({
      callId: '1763622842.47',
      legId: '1763622842.47 PJSIP/1042-00000030 2026-11-20 09:14:02',
      sharedIds: [
        'sipSessionId:b7e1c9d2@sbc.example',
        'originalCallId:b7e1c9d2@sbc.example',
        'asteriskRecord:1763622842.47 +358401234567 029497000',
        'asteriskCaller:1763622842.47 +358401234567',
      ],
      startedAt: at('2026-11-20T07:14:02Z'),
      answeredAt: at('2026-11-20T07:14:31Z'),
      endedAt: at('2026-11-20T07:20:31Z'),
      caller: '+358401234567',
      called: '029497000',
      official: '1042',
      device: 'trunk',
      mayBeTransferred: { queue: 'customer' },
    })
  })

  test('a queue that answers the channel is not an official', () => {
    const abandoned = answered.replace('"PJSIP/1042-00000030"', '""')
    expect(record(read('asterisk-csv', abandoned)).answeredAt).toBeUndefined()
  })

  test('without ids in the file (loguniqueid=no) a channel and its start identify the call', () => {
    const plain = answered.split(',').slice(0, -2).join(',')
    expect(record(read('asterisk-csv', plain)).callId).toBe('PJSIP/trunk-0000002f 2026-11-20 09:14:02')
  })

  test('in the hour repeated at the end of DST the channel id determines the time, and without an id the record is doubtful', () => {
    const hour = (unique: string) =>
      answered
        .replace(
          '"2026-11-20 09:14:02","2026-11-20 09:14:31","2026-11-20 09:20:31"',
          '"2026-10-25 03:50:00","2026-10-25 03:50:20","2026-10-25 03:05:00"',
        )
        .replace('1763622842.47', unique)
    const late = record(
      read(
        'asterisk-csv',
        hour(`${at('2026-10-25T01:50:00Z').epochMilliseconds / 1000}.47`).replace('03:05:00', '04:05:00'),
      ),
    )
    expect(late).toMatchObject({ startedAt: at('2026-10-25T01:50:00Z'), endedAt: at('2026-10-25T02:05:00Z') })
    const doubtful = record(read('asterisk-csv', hour('no-time')))
    expect(doubtful).toMatchObject({
      isDoubtful: true,
      startedAt: at('2026-10-25T00:50:00Z'),
      endedAt: at('2026-10-25T01:05:00Z'),
    })
  })

  test('a Cdr event of the manager reports the same as a line of Master.csv', () => {
    const event = {
      Event: 'Cdr',
      Privilege: 'cdr,all',
      AccountCode: '',
      Source: '+358401234567',
      Destination: '029497000',
      DestinationContext: 'from-trunk',
      CallerID: '"Matti" <+358401234567>',
      Channel: 'PJSIP/trunk-0000002f',
      DestinationChannel: 'PJSIP/1042-00000030',
      LastApplication: 'Dial',
      LastData: 'PJSIP/1042,30',
      StartTime: '2026-11-20 09:14:02',
      AnswerTime: '2026-11-20 09:14:31',
      EndTime: '2026-11-20 09:20:31',
      Duration: '389',
      BillableSeconds: '360',
      Disposition: 'ANSWERED',
      AMAFlags: 'DOCUMENTATION',
      UniqueID: '1763622842.47',
      UserField: '',
    }
    const { sharedIds: _, ...csv } = record(read('asterisk-csv', answered.replace('"Queue"', '"Dial"')))
    const same = ['asteriskRecord:1763622842.47 +358401234567 029497000', 'asteriskCaller:1763622842.47 +358401234567']
    expect(record(read('asterisk-ami', JSON.stringify(event)))).toEqual({ ...csv, sharedIds: same })
  })
})

describe('FreeSWITCH', () => {
  const variables = {
    uuid: '2f6d5a1e-0f5c-4c5e-9d39-6f3f5b7a1d11',
    call_uuid: '2f6d5a1e-0f5c-4c5e-9d39-6f3f5b7a1d11',
    direction: 'inbound',
    sip_call_id: '3848276298220188511%40sbc.example',
    start_uepoch: '1763622842123456',
    answer_uepoch: '1763622845000000',
    bridge_uepoch: '1763622871000000',
    end_uepoch: '1763623231000000',
    dialed_user: '1042',
    sip_to_user: '029497000',
    start_stamp: '2025-11-20%2009%3A14%3A02',
    duration: '389',
  }
  const cdr = {
    'core-uuid': 'c0',
    switchname: 'fs1',
    channel_data: { state: 'CS_REPORTING', direction: 'inbound' },
    variables,
    app_log: { applications: [{ app_name: 'callcenter', app_data: 'customer%40default' }] },
    callflow: [
      {
        dialplan: 'XML',
        caller_profile: { caller_id_number: '%2B358401234567', destination_number: '029497000', ani: '' },
        times: {},
      },
    ],
  }

  test('the calling leg reports the call, answered at the bridge and not at the queue', () => {
    expect(record(read('freeswitch', JSON.stringify(cdr)))).toMatchObject({
      callId: variables.uuid,
      sharedIds: ['sipSessionId:3848276298220188511@sbc.example', 'originalCallId:3848276298220188511@sbc.example'],
      startedAt: at('2025-11-20T07:14:02.123Z'),
      answeredAt: at('2025-11-20T07:14:31Z'),
      endedAt: at('2025-11-20T07:20:31Z'),
      caller: '+358401234567',
      called: '029497000',
      channel: { isInbound: true, bridges: [{ number: '1042', from: at('2025-11-20T07:14:31Z') }] },
    })
  })

  test('the called channel names the calling one, and other JSON is not a record', () => {
    const called = { ...cdr, variables: { ...variables, originating_leg_uuid: 'a-leg' } }
    expect(record(read('freeswitch', JSON.stringify(called)))).toMatchObject({
      refersTo: ['a-leg'],
      channel: { isInbound: false, number: '1042', originatedFor: ['a-leg'] },
    })
    expect(read('freeswitch', '{"hello":1}')).toEqual([{ is: 'problem', reason: 'not-a-record' }])
    expect(read('freeswitch', JSON.stringify(cdr).slice(0, -9))).toMatchObject([{ is: 'problem', reason: 'not-json' }])
  })
})

describe('acc of Kamailio and OpenSIPS', () => {
  const extra =
    'src_user=+358401234567;src_domain=sbc.example;src_ip=192.0.2.7;dst_ouser=029497000;dst_user=1042;dst_domain=192.0.2.9'
  const line = (method: string, time: number) =>
    `Nov 20 09:14:31 edge kamailio[917]: NOTICE: acc [acc.c:279]: acc_log_request(): ACC: transaction answered: timestamp=${time};method=${method};from_tag=SvS155;to_tag=xhfff;call_id=vRtGVfXTzMK@edge;code=200;reason=OK;${extra}`

  test('INVITE and BYE are the two parts of a leg, joined by the dialog', () => {
    expect(record(read('acc', line('INVITE', 1763622871)))).toMatchObject({
      callId: 'vRtGVfXTzMK@edge',
      legId: 'dialog SvS155 xhfff',
      answeredAt: at('2025-11-20T07:14:31Z'),
      called: '029497000',
      official: '1042',
    })
    const end = record(read('acc', line('BYE', 1763623231)))
    expect(end).toMatchObject({
      callId: 'vRtGVfXTzMK@edge',
      legId: 'dialog SvS155 xhfff',
      endedAt: at('2025-11-20T07:20:31Z'),
    })
    expect(end.startedAt).toBeUndefined()
  })

  test('OpenSIPS reports a call at its end, as a line and as an event', () => {
    const whole = {
      startedAt: at('2016-09-23T14:01:05Z'),
      answeredAt: at('2016-09-23T14:01:21Z'),
      endedAt: at('2016-09-23T14:01:25.25Z'),
    }
    const ended =
      'ACC: call ended: created=1474639265;call_start_time=1474639281;duration=5;ms_duration=4250;setuptime=16;method=INVITE;from_tag=15;to_tag=12;call_id=1766189979@a;code=200;reason=OK;caller=+358401234567;called=029497000'
    expect(record(read('acc', ended))).toMatchObject(whole)
    const event = {
      jsonrpc: '2.0',
      method: 'E_ACC_CDR',
      params: {
        method: 'INVITE',
        from_tag: '15',
        to_tag: '12',
        callid: '1766189979@a',
        sip_code: '200',
        sip_reason: 'OK',
        time: '1474639281',
        duration: '5',
        ms_duration: '4250',
        setuptime: '16',
        created: '1474639265',
        caller: '+358401234567',
        called: '029497000',
      },
    }
    expect(record(read('acc', JSON.stringify(event)))).toMatchObject(whole)
  })

  test('other lines of the system log are ignored, and a truncated line is reported', () => {
    expect(read('acc', 'Nov 20 09:14:31 edge sshd[3]: Accepted publickey for root')).toEqual([{ is: 'nothing' }])
    expect(read('acc', line('INVITE', 1763622871).slice(0, 120))).toEqual([{ is: 'problem', reason: 'not-a-record' }])
  })
})

describe('Cisco CUCM', () => {
  const heading =
    '"cdrRecordType","globalCallID_callManagerId","globalCallID_callId","origLegCallIdentifier","dateTimeOrigination","origNodeId","origSpan","origIpAddr","callingPartyNumber","origCause_value","destLegCallIdentifier","destNodeId","destIpAddr","originalCalledPartyNumber","finalCalledPartyNumber","dateTimeConnect","dateTimeDisconnect","lastRedirectDn","pkid","duration","globalCallId_ClusterID","huntPilotDN","incomingProtocolCallRef"'
  const call = (connect: string, caller = '"+358401234567"') =>
    `1,1,5001,23061441,1763622842,1,0,-1139627840,${caller},0,23061442,1,-1122850624,"0294970001","1042",${connect},1763623231,"",` +
    '"f8a7","360","StandAloneCluster","029497000","1e4d2a80-9e014132-6e2@192.0.2.1"'

  test('a line of a CDR file reports the call, and addresses as signed integers are skipped', () => {
    expect(record(read('cucm', call('1763622871'), {}, heading))).toEqual({
      callId: 'StandAloneCluster 1 5001',
      legId: '23061441 23061442',
      sharedIds: [
        'sipSessionId:1e4d2a80-9e014132-6e2@192.0.2.1',
        'originalCallId:1e4d2a80-9e014132-6e2@192.0.2.1',
        'refci:23061442',
        'refci:23061441',
      ],
      startedAt: at('2025-11-20T07:14:02Z'),
      answeredAt: at('2025-11-20T07:14:31Z'),
      endedAt: at('2025-11-20T07:20:31Z'),
      caller: '+358401234567',
      called: '0294970001',
      reached: '029497000',
      official: '1042',
    })
  })

  test('connect 0 is an unanswered call, an empty caller is withheld, types and management records are ignored', () => {
    const missed = record(read('cucm', call('0', '""'), {}, heading))
    expect([missed.answeredAt, missed.official, missed.caller]).toEqual([undefined, undefined, undefined])
    const types = heading
      .split(',')
      .map(() => 'INTEGER')
      .join(',')
    expect(read('cucm', types, {}, heading)).toEqual([{ is: 'nothing' }])
    const managementRecord = '2,1,5001,1,"1042",23061442,1763623231,3775,649300'
    const cmr =
      '"cdrRecordType","globalCallID_callManagerId","globalCallID_callId","nodeId","directoryNum","callIdentifier","dateTimeStamp","numberPacketsSent","numberOctetsSent"'
    expect(read('cucm', managementRecord, {}, cmr)).toEqual([{ is: 'nothing' }])
    expect(read('cucm', '1,1', {}, heading)).toEqual([{ is: 'problem', reason: 'columns' }])
  })
})

describe('any other system', () => {
  const fields = {
    callId: ['Puhelutunnus'],
    startedAt: ['Alkoi'],
    answeredAt: ['Vastattu'],
    duration: ['Kesto'],
    caller: ['A'],
    called: ['B'],
    official: ['Vastaaja'],
  }

  test('a CSV is read by its operator’s column mapping', () => {
    const heading = 'Puhelutunnus;Alkoi;Vastattu;Kesto;A;B;Vastaaja'
    const line = '7788;20.11.2026 09:14;;;040;029;'
    expect(read('csv', line, { fields }, heading)).toEqual([
      { is: 'problem', reason: 'time-unreadable', detail: 'startedAt (Alkoi)' },
    ])
    const good = '7788;2026-11-20T09:14:02+02:00;2026-11-20T09:14:31+02:00;389;00358401234567;029 497 000;1042'
    expect(record(read('csv', good, { fields, rewrite: [{ from: /^00/, to: '+' }] }, heading))).toMatchObject({
      callId: '7788',
      startedAt: at('2026-11-20T07:14:02Z'),
      endedAt: at('2026-11-20T07:20:31Z'),
      caller: '+358401234567',
    })
  })

  test('JSON is read by paths, one value or a list of them', () => {
    const paths = {
      callId: ['id'],
      startedAt: ['times.start'],
      endedAt: ['times.end'],
      called: ['to'],
      caller: ['from'],
    }
    const one = { id: 9, times: { start: 1763622842, end: 1763623231 }, to: '029497000', from: null }
    const results = read('json', JSON.stringify([one, { ...one, id: '' }, 7]), { fields: paths })
    expect(results.map((result) => (result.is === 'problem' ? result.reason : result.is))).toEqual([
      'record',
      'id-missing',
      'not-a-record',
    ])
  })

  test('a CSV line has the same values with and without quotation marks around its cells', () => {
    const cell = fc.string({ unit: fc.constantFrom(...'0+aå ,;\t'), maxLength: 12 })
    const [columns, time] = [['id', 'start', 'end', 'from', 'to'], '1763622842']
    fc.assert(
      fc.property(fc.constantFrom(',', ';', '\t'), cell, cell, (separator, from, to) => {
        const cells = ['1', time, time, from, to].map((text) => text.replaceAll(separator, '.'))
        const more = {
          fields: { callId: ['id'], startedAt: ['start'], endedAt: ['end'], caller: ['from'], called: ['to'] },
        }
        const heading = columns.join(separator)
        const quoted = cells.map((text) => `"${text}"`).join(separator)
        expect(read('csv', cells.join(separator), more, heading)).toEqual(read('csv', quoted, more, heading))
      }),
    )
  })

  test('an end before the start, and a local time skipped by DST, are reported', () => {
    const heading = 'Puhelutunnus;Alkoi;Vastattu;Kesto;A;B;Vastaaja;Loppui'
    const more = { fields: { ...fields, endedAt: ['Loppui'] } }
    const reason = (start: string, end: string) =>
      read('csv', `1;${start};;;040;029;;${end}`, more, heading).map((result) =>
        result.is === 'problem' ? result.reason : result.is,
      )
    expect(reason('2026-11-20 09:14:02', '2026-11-20 09:13:02')).toEqual(['ends-before-start'])
    expect(reason('2026-03-29 03:30:00', '2026-03-29 04:30:00')).toEqual(['time-impossible'])
  })
})
