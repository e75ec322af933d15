/** Edits of a form, as pure functions: each returns a new form. */
import type { FormContent, Question, Section } from './quality-shapes.ts'

/** Returns an id that no version of any form has had. */
export type NewId = () => string

export function addSection(form: FormContent, newId: NewId): FormContent {
  const section: Section = { id: newId(), title: '', weight: 1, questions: [emptyQuestion(newId)] }
  return { sections: [...form.sections, section] }
}

export function addQuestion(form: FormContent, section: string, newId: NewId): FormContent {
  return inSection(form, section, (one) => ({ ...one, questions: [...one.questions, emptyQuestion(newId)] }))
}

export function changeSection(form: FormContent, section: string, changed: Partial<Section>): FormContent {
  return inSection(form, section, (one) => ({ ...one, ...changed }))
}

export function changeQuestion(form: FormContent, question: string, changed: Partial<Question>): FormContent {
  return withoutInvalidConditions({
    sections: form.sections.map((section) => ({
      ...section,
      questions: section.questions.map((one) => (one.id === question ? { ...one, ...changed } : one)),
    })),
  })
}

export function removeSection(form: FormContent, section: string): FormContent {
  return withoutInvalidConditions({ sections: form.sections.filter(({ id }) => id !== section) })
}

export function removeQuestion(form: FormContent, question: string): FormContent {
  return withoutInvalidConditions({
    sections: form.sections.map((section) => ({
      ...section,
      questions: section.questions.filter(({ id }) => id !== question),
    })),
  })
}

/** Moves a section up (-1) or down (1). */
export function moveSection(form: FormContent, section: string, by: -1 | 1): FormContent {
  return withoutInvalidConditions({ sections: moved(form.sections, section, by) })
}

/** Moves a question up or down within its section. */
export function moveQuestion(form: FormContent, question: string, by: -1 | 1): FormContent {
  return withoutInvalidConditions({
    sections: form.sections.map((section) => ({ ...section, questions: moved(section.questions, question, by) })),
  })
}

/** Returns the questions before one, on which it can depend. */
export function questionsBefore(form: FormContent, question: string): Question[] {
  const all = form.sections.flatMap(({ questions }) => questions)
  return all.slice(
    0,
    all.findIndex(({ id }) => id === question),
  )
}

/** Removes conditions on questions that do not come before the question with the condition. */
function withoutInvalidConditions(form: FormContent): FormContent {
  return {
    sections: form.sections.map((section) => ({
      ...section,
      questions: section.questions.map((one) => {
        const { onlyIf, ...rest } = one
        return onlyIf && questionsBefore(form, one.id).some(({ id }) => id === onlyIf.question) ? one : rest
      }),
    })),
  }
}

function inSection(form: FormContent, section: string, change: (one: Section) => Section): FormContent {
  return { sections: form.sections.map((one) => (one.id === section ? change(one) : one)) }
}

function moved<Item extends { id: string }>(items: readonly Item[], id: string, by: -1 | 1): Item[] {
  const from = items.findIndex((one) => one.id === id)
  const to = from + by
  const [item, other] = [items[from], items[to]]
  if (!item || !other) return [...items]
  return items.map((one, n) => (n === from ? other : n === to ? item : one))
}

function emptyQuestion(newId: NewId): Question {
  const id = newId()
  return { id, text: '', help: '', scale: { kind: 'yes-no' }, weight: 1, critical: 'none', mayNotApply: false }
}
