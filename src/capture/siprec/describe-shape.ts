/**
 * Describes the shape of metadata for diagnosis: names and counts of elements and attributes, never a value. The XML itself
 * holds more personal data than the register may (R10), so nothing else of it may be stored.
 */
import { readXmlTree, type XmlElement } from './read-xml-tree.ts'

const maxLines = 200
const plainName = /^[A-Za-z][A-Za-z0-9_.-]{0,40}$/

/**
 * Returns lines such as `recording/participant[participant_id]/nameID[aor] x2`, in document order. In malformed XML a pasted
 * name can look like an element, so unknown names are written `?` there.
 */
export function describeShape(xml: string): string[] {
  const { root, problems } = readXmlTree(xml)
  if (!root) return []
  const trusted = problems.length === 0
  const counts = new Map<string, number>()
  visit(root, '', trusted, counts)
  return [...counts].slice(0, maxLines).map(([path, count]) => (count === 1 ? path : `${path} x${count}`))
}

function visit(element: XmlElement, prefix: string, trusted: boolean, counts: Map<string, number>): void {
  const attributes = [...element.attributes.keys()].map((name) => nameIfKnown(name, trusted)).sort()
  const path = `${prefix}${nameIfKnown(element.writtenName, trusted)}`
  const line = attributes.length > 0 ? `${path}[${attributes.join(',')}]` : path
  counts.set(line, (counts.get(line) ?? 0) + 1)
  for (const child of element.children) visit(child, `${path}/`, trusted, counts)
}

function nameIfKnown(name: string, trusted: boolean): string {
  return plainName.test(name) && (trusted || knownNames.has(name.toLowerCase())) ? name : '?'
}

const knownNames = new Set(
  `recording recording_metadata datamode group session participant stream nameid aor name label mode send recv id
   session_id participant_id stream_id group_id group-ref sipsessionid start-time stop-time end-time reason initiator
   requestor type associate-time disassociate-time sessionrecordingassoc participantsessionassoc
   participantstreamassoc extensiondata ucid callerorig callingparty request-uri realm in-realm header value parent
   broadworksrecordingmetadata exttrackingid userid callid calltype origcall termcall callingpartynumber
   calledpartynumber dialeddigits recordingtype acd acdnumber acduserid acdname redirectedcall
   metaswitchrecordingmetadata recordedparty businessgroup username systemname netsapiensextension calldata fromhdr
   tohdr gcid callsid direction callednumber callingnumber avayaucid genesysuuid lang version`.split(/\s+/),
)
