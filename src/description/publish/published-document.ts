/**
 * The published register description (R1) independent of its medium: headings, facts, paragraphs of sentences, lists. Each
 * sentence has its id and its promises. Contains no markup and no proofs.
 */
import type { PromiseId } from '../promises.ts'
import type { Language } from '../closed-lists.ts'

/** A sentence with its number (S0 to S35); sentences that current law adds have a name instead (L2). */
export type Sentence = { id: string; text: string; promises: readonly PromiseId[] }

/** A label and its lines: REKISTERINPITÄJÄ; each line is a sentence. */
export type Fact = { label: string; lines: readonly Sentence[] }

/** A table whose first column names its rows; each cell is a sentence. */
export type Table = { kind: 'table'; head: readonly string[]; rows: readonly { cells: readonly Sentence[] }[] }

export type Block =
  | { kind: 'facts'; facts: readonly Fact[] }
  | { kind: 'paragraph'; sentences: readonly Sentence[] }
  | { kind: 'list'; lead?: Sentence; items: readonly Sentence[] }
  | Table
  /** Heading within a section. */
  | { kind: 'heading'; text: string }

/** `id` is the same in every language: part of a URL. */
export type Section = { id: string; heading: string; blocks: readonly Block[] }

export type PublishedDocument = {
  language: Language
  profile: 'seed' | 'gdpr'
  /** Name of the register. */
  title: Sentence
  /** Kind of document, and its law. */
  subtitle: Sentence
  sections: readonly Section[]
}

/** Returns every sentence in page order. */
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
