import texts from '#texts/server/notice.json' with { type: 'json' }
import { textsIn, type Language } from '#platform/texts/texts.ts'
import type { RegisterDescription } from '../register-description.ts'
import { promisesBehind } from '../promises.ts'
import type { Sentence } from './published-document.ts'

/** Sentences for switches that are on, by the conflict they resolve (C numbers), or by what they offer. */
type Switched = 'C1-copy' | 'C3' | 'C11' | 'C12' | 'home-form' | 'home-signed' | 'home-identified'

/** Returns the sentences of the switches that are on, in either profile. */
export function switchSentences({ switches }: Pick<RegisterDescription, 'switches'>, language: Language): Sentence[] {
  const on: Record<Switched, boolean> = {
    'C1-copy': switches.accessCopy,
    C3: switches.holdForInspection,
    C11: switches.julklRequests,
    C12: switches.mentionedPersons,
    'home-form': switches.askingFromHome === 'form',
    'home-signed': switches.askingFromHome === 'signed',
    'home-identified': switches.askingFromHome === 'identified',
  }
  const t = textsIn(texts, language)
  return (
    (Object.keys(on) as Switched[])
      .filter((id) => on[id])
      // These depend on an office and people: nothing proves them on the data.
      .map((id) => ({ id, text: t(`notice.switch.${id}`), promises: [] }))
  )
}

/** Returns the sentence about transcripts made by a program, if the description allows them (R33). */
export function transcriptSentences(
  { switches }: Pick<RegisterDescription, 'switches'>,
  language: Language,
): Sentence[] {
  if (switches.transcripts !== 'research') return []
  const id = 'transcripts-research'
  return [{ id, text: textsIn(texts, language)(`notice.switch.${id}`), promises: promisesBehind(id) }]
}
