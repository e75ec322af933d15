/** Vendor extensions of recording metadata, found by element name at any place; namespaces differ even within one vendor. */
import type { ParticipantExtension, VendorFacts } from './recording-metadata.ts'
import { childOf, textOf, valueOf, type XmlElement } from './read-xml-tree.ts'

const maxUsers = 8

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Adds the facts of one element about the whole call; elements of no vendor leave `facts` unchanged. */
export function readCallExtension(element: XmlElement, facts: Mutable<VendorFacts>): void {
  switch (element.name) {
    case 'ucid':
      facts.acme = { ...facts.acme, ...present({ ucid: textOf(element) }) }
      break
    case 'callerorig':
      facts.acme = { ...facts.acme, ...present({ callOriginator: textOf(element) }) }
      break
    case 'broadworksrecordingmetadata':
      facts.broadWorks = { ...facts.broadWorks, ...readBroadWorks(element) }
      break
    case 'metaswitchrecordingmetadata':
      facts.metaswitch = { ...facts.metaswitch, ...readMetaswitch(element) }
      break
    case 'netsapiensextension':
      facts.netsapiens = { ...facts.netsapiens, ...readNetsapiens(element) }
      break
    case 'calldata':
      facts.callData = { ...facts.callData, ...readCallData(element) }
      break
    case 'callsid':
    case 'callednumber':
    case 'callingnumber':
    case 'direction':
      facts.jambonz = { ...facts.jambonz, ...present({ [jambonzField[element.name]]: textOf(element) }) }
      break
    case 'avayaucid':
      facts.audioCodes = { ...facts.audioCodes, ...present({ avayaUcid: textOf(element) }) }
      break
    case 'genesysuuid':
      facts.audioCodes = { ...facts.audioCodes, ...present({ genesysUuid: textOf(element) }) }
      break
  }
}

/** Names that count as jambonz's only inside extensiondata: `direction` alone is too common a word. */
export const jambonzField = {
  callsid: 'callSid',
  callednumber: 'calledNumber',
  callingnumber: 'callingNumber',
  direction: 'direction',
} as const

function readBroadWorks(element: XmlElement): VendorFacts['broadWorks'] {
  const callType = childOf(element, 'calltype')
  const call = callType && (childOf(callType, 'termcall') ?? childOf(callType, 'origcall'))
  const acd = find(element, 'acd')
  const redirectInfo = call && childOf(call, 'redirectinfo')
  const redirected = find(element, 'redirectedcall')
  return present({
    extTrackingId: valueOf(element, 'exttrackingid'),
    userId: valueOf(element, 'userid'),
    callType: call && (call.name === 'termcall' ? ('terminating' as const) : ('originating' as const)),
    callingPartyNumber: call && valueOf(call, 'callingpartynumber'),
    calledPartyNumber: call && valueOf(call, 'calledpartynumber'),
    dialedDigits: call && valueOf(call, 'dialeddigits'),
    originallyCalled: redirectInfo && valueOf(redirectInfo, 'origcallednumber'),
    lastRedirectedBy: redirectInfo && valueOf(redirectInfo, 'lastredirectnumber'),
    acdNumber: acd && withCountryCode(childOf(acd, 'acdnumber')),
    redirectedFrom: redirected && valueOf(redirected, 'redirectedfrompartynumber'),
    redirectedTo: redirected && valueOf(redirected, 'redirectedtopartynumber'),
    newExtTrackingId: redirected && valueOf(redirected, 'newexttrackingid'),
  })
}

/** Reads `<acdNumber countryCode="358">29497000</acdNumber>`, or `tel:+35829497000` in spite of the code. */
function withCountryCode(element: XmlElement | undefined): string | undefined {
  const written = textOf(element)
  if (/^sips?:/i.test(written)) return written
  const digits = written.replace(/^tel:/i, '')
  const code = element?.attributes.get('countrycode')?.replace(/^\+/, '')
  if (!digits || !code || !/^\d{1,3}$/.test(code) || digits.startsWith('+')) return digits || undefined
  return digits.startsWith(code) ? `+${digits}` : `+${code}${digits.replace(/^0/, '')}`
}

function readMetaswitch(element: XmlElement): VendorFacts['metaswitch'] {
  const callType = valueOf(element, 'calltype')?.toLowerCase()
  return present({
    callType: callType === 'originating' || callType === 'terminating' ? callType : undefined,
    recordedParty: valueOf(element, 'recordedparty'),
    callingPartyNumber: valueOf(element, 'callingpartynumber'),
    dialedDigits: valueOf(element, 'dialeddigits'),
  })
}

/** Version 1.0 has the numbers beside each other, 1.1 inside the element of each party; users may be several. */
function readNetsapiens(element: XmlElement): VendorFacts['netsapiens'] {
  const calling = childOf(element, 'callingparty')
  const called = childOf(element, 'calledparty')
  const users = element.children.filter(({ name }) => name === 'user').slice(0, maxUsers)
  const idsOf = (originating: boolean) =>
    users
      .filter((user) => (valueOf(user, 'calltype')?.toLowerCase() === 'origcall') === originating)
      .map((user) => valueOf(user, 'userid'))
      .filter((id) => id !== undefined)
  return present({
    callingPartyNumber: (calling && valueOf(calling, 'number')) ?? valueOf(element, 'callingpartynumber'),
    calledPartyNumber: (called && valueOf(called, 'number')) ?? valueOf(element, 'calledpartynumber'),
    calledUserIds: users.length > 0 ? idsOf(false) : undefined,
    callingUserIds: users.length > 0 ? idsOf(true) : undefined,
    callingParticipantId: calling && valueOf(calling, 'participant_id'),
    calledParticipantId: called && valueOf(called, 'participant_id'),
    transferredGroupId: valueOf(element, 'xferredgroupid'),
    groupSeq: valueOf(element, 'groupseq'),
  })
}

function readCallData(element: XmlElement): VendorFacts['callData'] {
  return present({
    from: valueOf(element, 'fromhdr'),
    to: valueOf(element, 'tohdr'),
    callId: valueOf(element, 'callid'),
    gcid: valueOf(element, 'gcid'),
  })
}

/** Reads Oracle's facts about one participant from an extensiondata element; undefined if it has none. */
export function readParticipantExtension(extension: XmlElement): ParticipantExtension | undefined {
  const callingParty = valueOf(extension, 'callingparty')?.toLowerCase()
  const requestUri = valueOf(extension, 'request-uri')
  const headers = extension.children
    .filter(({ name }) => name === 'header')
    .flatMap((header) => {
      const label = header.attributes.get('label') ?? ''
      return header.children.filter(({ name }) => name === 'value').map((value) => ({ label, value: textOf(value) }))
    })
  if (callingParty === undefined && requestUri === undefined && headers.length === 0) return undefined
  return {
    ...(callingParty === 'true' || callingParty === 'false' ? { callingParty: callingParty === 'true' } : {}),
    ...(requestUri ? { requestUri } : {}),
    headers,
  }
}

function find(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) {
    const found = child.name === name ? child : find(child, name)
    if (found) return found
  }
  return undefined
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

function present<T extends Record<string, unknown>>(fields: T): Present<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  ) as Present<T>
}
