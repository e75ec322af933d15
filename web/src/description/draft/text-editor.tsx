import { CircleX } from 'lucide-react'
import { useId, useImperativeHandle, useRef, type Ref } from 'react'
import type { Problem } from '../../api/shapes.ts'
import { useLanguage } from '../../language/use-words.ts'

/** Focuses and marks a line, from 1. */
export interface EditorHandle {
  goToLine: (line: number) => void
}

/** Text of the description with numbered lines; lines with problems are marked and listed under the text. */
export function TextEditor({
  text,
  problems,
  onChange,
  ref,
}: {
  text: string
  problems: Problem[]
  onChange: (text: string) => void
  ref: Ref<EditorHandle>
}) {
  const { t, named } = useLanguage()
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const lines = text.split('\n')
  const wrong = new Map(problems.map((problem) => [problem.line, problem]))

  useImperativeHandle(ref, () => ({
    goToLine: (line) => {
      const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
      area.current?.focus({ preventScroll: true })
      area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
      const lineHeight = area.current ? parseFloat(getComputedStyle(area.current).lineHeight) : 0
      scroller.current?.scrollTo({ top: Math.max(0, (line - 6) * lineHeight) })
      scroller.current?.scrollIntoView({ block: 'nearest' })
    },
  }))

  return (
    <div className="field">
      <label htmlFor={id} className="label">
        {t('description.draft.text')}
      </label>
      <p id={`${id}-hint`} className="hint">
        {t('description.draft.text.hint')}
      </p>
      <div className="code" ref={scroller}>
        <div className="code-numbers" aria-hidden="true">
          {lines.map((_, index) => (
            <span key={index} className={wrong.has(index + 1) ? 'is-wrong' : undefined}>
              {wrong.has(index + 1) && <CircleX size={13} />}
              {index + 1}
            </span>
          ))}
        </div>
        <textarea
          id={id}
          ref={area}
          className="code-text"
          value={text}
          onChange={(event) => onChange(event.target.value)}
          rows={lines.length}
          cols={Math.max(...lines.map((line) => line.length)) + 2}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          translate="no"
          aria-describedby={problems.length > 0 ? `${id}-hint ${id}-wrong` : `${id}-hint`}
          aria-invalid={problems.length > 0}
        />
      </div>
      {problems.length > 0 && (
        <ul id={`${id}-wrong`} className="code-wrong">
          {problems.map((problem, index) => (
            <li key={index} className="field-error">
              {t('description.draft.line', { line: problem.line })}: {named(problem.message)} {named(problem.remedy)}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
