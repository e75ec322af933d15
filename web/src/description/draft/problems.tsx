import type { Ref } from 'react'
import type { Problem } from '../../api/shapes.ts'
import { Notice } from '../../controls/notice.tsx'
import { useLanguage } from '../../language/use-words.ts'
import { useProblemPlace } from './problem-place.ts'

/** Lists all problems of a draft; each links to its field if `onGo` finds it. */
export function ProblemSummary({
  problems,
  document,
  heading,
  onGo,
}: {
  problems: Problem[]
  /** The draft's document, whose headings name the place of each problem. */
  document: unknown
  heading: Ref<HTMLHeadingElement>
  onGo?: (problem: Problem) => void
}) {
  const { t, named } = useLanguage()
  // A long list scrolls, so that the form below stays reachable.
  const isLong = problems.length > 8
  const placeOf = useProblemPlace(document)
  return (
    <Notice kind="error">
      <h2 ref={heading} tabIndex={-1} className="problems-title">
        {t('description.draft.problems', { count: problems.length })}
      </h2>
      {onGo && <p>{t('description.draft.problems.how')}</p>}
      <ol
        className={`problems ${isLong ? 'is-long' : ''}`}
        {...(isLong && { tabIndex: 0, 'aria-label': t('description.draft.problems', { count: problems.length }) })}
      >
        {problems.map((problem, index) => (
          <li key={index}>
            {onGo ? (
              <a
                href={`#f-${problem.field}`}
                onClick={(event) => {
                  event.preventDefault()
                  onGo(problem)
                }}
              >
                {named(problem.message)}
              </a>
            ) : (
              <strong>{named(problem.message)}</strong>
            )}
            <span className="problem-remedy">{named(problem.remedy)}</span>
            <span className="problem-place">
              {placeOf(problem.field) ?? <code translate="no">{problem.field}</code>}
              {' · '}
              {t('description.draft.line', { line: problem.line })}
            </span>
          </li>
        ))}
      </ol>
    </Notice>
  )
}
