import type { Vcon, VconContent, VconDialog } from './vcon-schema.ts'

/** `where` is a JSON pointer into the vCon, or into the JWS around it (`jws:`); `what` says what is wrong there. */
export interface VconProblem {
  where: string
  what: string
}

const withoutContent: readonly VconDialog['type'][] = ['incomplete', 'transfer', 'recording-set']

/**
 * Checks what the draft requires between members: indices that exist, content only where allowed, and no unknown critical
 * extension.
 */
export function wrongReferences(vcon: Vcon): VconProblem[] {
  const { parties = [], dialog = [], analysis = [], attachments = [], critical = [] } = vcon
  const problems: VconProblem[] = []
  const report = (where: string, what: string) => problems.push({ where, what })
  const check = (where: string, list: readonly unknown[], index: unknown) => {
    for (const one of [index].flat(2)) if (typeof one === 'number' && one >= list.length) report(where, `has no ${one}`)
  }
  if (critical.length > 0) report('/critical', `requires an unknown extension: ${critical.join(', ')}`)
  if (vcon.redacted && vcon.amended) report('/amended', 'must not be present with redacted')
  for (const [at, one] of dialog.entries()) {
    const where = `/dialog/${at}`
    check(`${where}/parties`, parties, one.parties)
    check(`${where}/recordings`, dialog, one.recordings)
    check(`${where}/recording_set`, dialog, one.recording_set)
    for (const { party } of one.party_history ?? []) check(`${where}/party_history`, parties, party)
    if ((one.type === 'recording-set') !== (one.recordings !== undefined))
      report(`${where}/recordings`, 'belongs to each recording-set and to nothing else')
    if (one.type === 'incomplete' && one.disposition === undefined) report(`${where}/disposition`, 'is missing')
    if (withoutContent.includes(one.type) && (one.body ?? one.url ?? one.content_hash) !== undefined)
      report(where, `must not have content, being ${one.type}`)
    checkContent(where, one)
  }
  for (const [at, one] of analysis.entries()) {
    check(`/analysis/${at}/dialog`, dialog, one.dialog)
    checkContent(`/analysis/${at}`, one)
  }
  for (const [at, one] of attachments.entries()) {
    check(`/attachments/${at}/dialog`, dialog, one.dialog)
    check(`/attachments/${at}/party`, parties, one.party)
    checkContent(`/attachments/${at}`, one)
  }
  return problems

  function checkContent(where: string, { body, encoding, url, content_hash, mediatype }: VconContent) {
    if (url !== undefined && content_hash === undefined) report(`${where}/content_hash`, 'is missing beside url')
    if (body === undefined) return
    if (url !== undefined) report(where, 'has both body and url')
    if (mediatype === undefined) report(`${where}/mediatype`, 'is missing beside body')
    if (encoding === undefined) report(`${where}/encoding`, 'is missing beside body')
    else if (encoding !== 'json' && typeof body !== 'string')
      report(`${where}/body`, `must be a string, as its encoding is ${encoding}`)
    else if (encoding === 'base64url' && !/^[\w-]*$/.test(body as string)) report(`${where}/body`, 'is not base64url')
  }
}
