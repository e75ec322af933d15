import type { RegisterDescription } from '#description/register-description.ts'
import { dayText } from '#description/value-texts.ts'
import { byFieldName } from './fields.ts'
import type { LetterFacts } from './letter-facts.ts'
import type { LetterContent, LetterKind } from './letter.ts'
import { plain } from './call-paragraphs.ts'
import { factParagraphs } from './fact-paragraphs.ts'
import { fillTemplate } from './template-language.ts'
import { shippedTemplate, letterTexts } from './letter-texts.ts'

/** Renders a letter from facts, by a valid template; a template without a title gets the shipped one's. */
export function renderLetter(
  kind: LetterKind,
  facts: LetterFacts,
  template: string,
  description: RegisterDescription,
): LetterContent {
  const { language } = facts
  const t = letterTexts(language)
  const { controller } = description
  const { title, parts } = fillTemplate(template, byFieldName(factParagraphs(kind, facts, description), language))
  return {
    sender: [
      controller.name[language],
      controller.unit[language],
      controller.postalAddress[language],
      t('letter.switchboard', { number: controller.switchboard[language] }),
    ],
    recipient: [facts.name, ...linesOf(facts.address ?? '')].map(plain).filter((line) => line !== ''),
    marks: [
      { label: t('letter.date'), text: dayText(Temporal.Instant.from(facts.madeAt))[language] },
      { label: t('letter.number'), text: facts.number },
    ],
    title: title ?? fillTemplate(shippedTemplate(kind, language), {}).title ?? kind,
    parts,
  }
}

/** Splits an address into lines as on an envelope: written lines, or parts between commas. */
function linesOf(address: string): string[] {
  const lines = address.split(/[\r\n]+/)
  return lines.length > 1 ? lines : address.split(',')
}
