import type { Language } from '#description/closed-lists.ts'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { NumberingOptions } from '#description/phone-numbers/phone-number.ts'
import { maskPhoneNumber } from '#description/phone-numbers/mask-phone-number.ts'
import { dayText, momentText } from '#description/value-texts.ts'
import type { CallFact, LetterFacts, NamedCall, RecordingFact } from './letter-facts.ts'
import type { LetterPart } from './letter.ts'
import { letterTexts, type LetterTexts } from './letter-texts.ts'

type LetterContext = Pick<LetterFacts, 'language' | 'party' | 'kinds'> & {
  numbering: NumberingOptions
  /** True: the letter reports what was found; false: it only names the calls. */
  reportsFindings: boolean
}

/** Returns one block for each named call (R26, R42, R44). Calls not shown to be the requester's all read alike (R46). */
export function callParagraphs(calls: readonly NamedCall[], context: LetterContext): LetterPart[] {
  const t = letterTexts(context.language)
  if (!context.reportsFindings)
    return [{ kind: 'list', items: calls.map((named) => reportedTime(named, context.language)) }]
  return calls.flatMap((named): LetterPart[] => {
    const { isTheirs, call } = named
    if (!isTheirs) return [heading(reportedTime(named, context.language)), paragraph(t('letter.not-shown'))]
    if (!call) return [heading(reportedTime(named, context.language)), paragraph(t('letter.history-over'))]
    return [
      heading(t('letter.call', { at: momentOf(call.startedAt, context.language) })),
      ...describeCall(call, context, t),
    ]
  })
}

/** Returns paragraphs about recordings that were destroyed before they were listened to: when, and for what cause. */
export function unheardParagraphs(unheard: NonNullable<LetterFacts['unheard']>, language: Language): LetterPart[] {
  const t = letterTexts(language)
  return unheard.flatMap(({ startedAt, recording }) => [
    heading(t('letter.call', { at: momentOf(startedAt, language) })),
    paragraph(describeRecording(recording, language, t)),
  ])
}

function describeCall(
  call: CallFact,
  { language, party, kinds, numbering }: LetterContext,
  t: LetterTexts,
): LetterPart[] {
  const answered = call.parts.filter(({ answeredAt }) => answeredAt !== null)
  const isHistoryRequested = kinds.includes('HISTORY')
  const parts: LetterPart[] = []
  const [only] = answered
  if (answered.length === 0) parts.push(paragraph(t('letter.unanswered')))
  else if (answered.length === 1 && only) parts.push(paragraph(describeRecording(only.recording, language, t)))
  else {
    parts.push({
      kind: 'list',
      items: answered.map(
        ({ recording }, at) => `${t('letter.part', { number: at + 1 })}: ${describeRecording(recording, language, t)}`,
      ),
    })
  }
  if (!isHistoryRequested) return parts
  const at = (instant: string | null) => (instant === null ? '' : momentOf(instant, language))
  const service = displayPhoneNumber(call.number, numbering)
  const facts = [
    { label: t('letter.label.start'), text: at(call.startedAt) },
    { label: t('letter.label.end'), text: at(call.endedAt) },
    { label: t('letter.label.caller'), text: describeCaller(call, party, t) },
    {
      label: t('letter.label.service'),
      text: call.numberName ? `${plain(call.numberName[language])}, ${service}` : service,
    },
  ]
  parts.push({ kind: 'facts', facts: facts.filter(({ text }) => text !== '') })
  call.parts.forEach((part, index) => {
    const phone = part.officialPhone === null ? '' : displayPhoneNumber(part.officialPhone, numbering)
    const rows = [
      ...(call.parts.length > 1 ? [{ label: t('letter.part', { number: index + 1 }), text: at(part.answeredAt) }] : []),
      { label: t('letter.label.official'), text: part.official === null ? '' : plain(part.official) },
      { label: t('letter.label.official-phone'), text: phone },
      { label: t('letter.label.answered'), text: call.parts.length > 1 ? '' : at(part.answeredAt) },
      { label: t('letter.label.part-end'), text: call.parts.length > 1 ? at(part.endedAt) : '' },
    ].filter(({ text }) => text !== '')
    if (rows.length > 0) parts.push({ kind: 'facts', facts: rows })
  })
  parts.push(paragraph(t('letter.history-ends', { day: dayText(Temporal.Instant.from(call.historyEndsAt)) })))
  return parts
}

/** Shows callers their own number in full; officials see it masked, as on screens (L33). */
function describeCaller({ callerKind, callerKey }: CallFact, party: LetterFacts['party'], t: LetterTexts): string {
  if (callerKind === 'withheld') return t('letter.withheld')
  if (callerKey === null) return t('letter.number-unknown')
  return party === 'CALLER' ? displayPhoneNumber(callerKey) : maskPhoneNumber(callerKey)
}

function describeRecording({ state, at, cause }: RecordingFact, language: Language, t: LetterTexts): string {
  const when = at ? momentOf(at, language) : undefined
  switch (state) {
    case 'none':
      return t('letter.not-recorded')
    case 'kept':
      return when === undefined ? t('letter.recorded') : t('letter.recorded.until', { latest: when })
    case 'destroying':
      return t('letter.destroying')
    case 'destroyed': {
      const day = at ? dayText(Temporal.Instant.from(at))[language] : ''
      const destroyed = t('letter.destroyed', { day })
      return cause ? `${destroyed} ${t(`letter.cause.${cause}`)}` : destroyed
    }
  }
}

function reportedTime({ day, time }: NamedCall, language: Language): string {
  const t = letterTexts(language)
  if (day === null) return t('letter.untold-call')
  const dayReported = dayText(Temporal.PlainDate.from(day))
  if (time === null) return t('letter.told-call', { day: dayReported })
  const clock = time.replace(/^0/, '').replace(':', language === 'en' ? ':' : '.')
  return t('letter.told-call.at', { day: dayReported, time: clock })
}

/** Formats an instant: 24.11.2026 klo 14.05, Helsinki time. */
export function momentOf(at: string, language: Language): string {
  return momentText(Temporal.Instant.from(at))[language]
}

/** Replaces control and format characters, such as those that change the text direction, by blanks. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
}

function heading(text: string): LetterPart {
  return { kind: 'heading', level: 3, text }
}
function paragraph(text: string): LetterPart {
  return { kind: 'paragraph', text }
}
