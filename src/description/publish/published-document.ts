/**
 * The published register description as a document (R1). In: a description and an instant. Out: the same text for every
 * medium: headings, facts, paragraphs of sentences, lists; each sentence with its id and the promises that stand behind
 * it. Never here: HTML, PDF or any other look, a proof, or an agency's name.
 */
import type { PromiseId } from '../promises.ts'
import type { Language } from '../closed-lists.ts'

/** One sentence, by the number that requirements 1.1 gives it (S0 to S35), or by the name of what today's law adds (L2). */
export type Sentence = { id: string; text: string; promises: readonly PromiseId[] }

/** A label and what belongs to it: REKISTERINPITÄJÄ and its lines; each line is a sentence of its own. */
export type Fact = { label: string; lines: readonly Sentence[] }

/** A table whose first column names its rows; each cell is a sentence of its own. */
export type Table = { kind: 'table'; head: readonly string[]; rows: readonly { cells: readonly Sentence[] }[] }

export type Block =
  | { kind: 'facts'; facts: readonly Fact[] }
  | { kind: 'paragraph'; sentences: readonly Sentence[] }
  | { kind: 'list'; lead?: Sentence; items: readonly Sentence[] }
  | Table
  /** A heading within a section. */
  | { kind: 'heading'; text: string }

/** `id` is the same in every language: part of an address. */
export type Section = { id: string; heading: string; blocks: readonly Block[] }

export type PublishedDocument = {
  language: Language
  profile: 'seed' | 'gdpr'
  /** The name of the register. */
  title: Sentence
  /** What kind of document this is, and under which law. */
  subtitle: Sentence
  sections: readonly Section[]
}

/** Every sentence in the order of the page. */
export function sentencesOf(document: PublishedDocument): Sentence[] {
  return [
    document.title,
    document.subtitle,
    ...document.sections.flatMap(({ blocks }) => blocks.flatMap((block) => sentencesOfBlock(block))),
  ]
}

function sentencesOfBlock(block: Block): readonly Sentence[] {
  switch (block.kind) {
    case 'facts':
      return block.facts.flatMap(({ lines }) => lines)
    case 'paragraph':
      return block.sentences
    case 'list':
      return block.lead ? [block.lead, ...block.items] : block.items
    case 'table':
      return block.rows.flatMap(({ cells }) => cells)
    case 'heading':
      return []
  }
}
