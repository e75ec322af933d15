/**
 * Problems of invitations that are accepted nevertheless: code and meaning. A problem is only a code, because requests contain
 * personal data and problems are logged.
 */
export const problemMeanings = {
  'body-not-utf8': 'the text is not UTF-8 and was read as ISO 8859-1',
  'multipart-boundary-missing': 'the Content-Type names no boundary; the first delimiter line was used',
  'multipart-boundary-mismatch': 'the boundary of the Content-Type does not occur; the first delimiter line was used',
  'multipart-not-closed': 'the closing delimiter is missing',
  'multipart-empty': 'a multipart body without parts; its content was read as one part',
  'multipart-too-deep': 'multipart nested deeper than allowed; the inner part was not read',
  'multipart-too-many-parts': 'more parts than allowed; the rest was not read',
  'part-headers-broken': 'a part header line without a colon, or no blank line after the headers',
  'part-type-missing': 'a part without a usable Content-Type; it was recognised by its content',
  'part-type-wrong': 'a part whose content is not of the type in its Content-Type',
  'sdp-repeated': 'more than one SDP part; the first was used',
  'metadata-repeated': 'more than one metadata part; the first was used',
  'metadata-empty': 'a metadata part without content',
  'sdp-line-broken': 'an SDP line that cannot be read was ignored',
  'sdp-media-broken': 'a media line that cannot be read; it is answered with port 0',
  'sdp-media-left-out': 'a later offer has fewer media lines than the one before; those left out are closed',
  'sdp-too-long': 'more SDP lines than allowed; the rest was not read',
  'sdp-label-repeated': 'two media lines carry the same label',
  'sdp-address-missing': 'no usable connection address; media is expected from the address of the signalling',
  'xml-repaired': 'the XML is malformed and was repaired',
  'xml-broken': 'the XML is malformed beyond repair; what could be read was used',
  'xml-doctype-refused': 'the XML has a DTD; it was not read',
  'xml-too-large': 'the XML is larger, more deeply nested or has more elements than allowed; the rest was not read',
  'metadata-root-unknown': 'the root element is not one of a recording',
  'metadata-id-missing': 'an element without its id',
  'metadata-reference-unknown': 'an association names a participant or a stream that is not described',
  'metadata-time-ignored': 'a time that cannot be read, or is before the year 2000',
  'metadata-no-participants': 'the metadata describes no participant',
} as const

export type Problem = keyof typeof problemMeanings

/**
 * Problems that some clients cause in every call and that by themselves cast no doubt on the parties: a clock that was never set
 * (Ribbon), a stream without id while nobody has answered (Avaya). The remaining associations decide whose voice a stream has,
 * and review is requested if they do not.
 */
const harmlessProblems: ReadonlySet<Problem> = new Set(['metadata-time-ignored', 'metadata-id-missing'])

/** Returns true if a problem casts doubt on the parties or on whose voice a stream has. */
export function castsDoubt(problem: Problem): boolean {
  return !harmlessProblems.has(problem)
}
