import { useLanguage } from '../language/use-words.ts'
import type { Scope } from './rights-shapes.ts'

const maxShown = 4

/** Scope of a right in words: units with their officials, numbers with their names. */
export function ScopeWords({ scope }: { scope: Scope }) {
  const { t, named } = useLanguage()
  const parts = [
    ...scope.units.map(({ id, name, officials }) => ({
      id,
      text: `${name} (${t('rights.officials', { count: officials })})`,
    })),
    ...scope.numbers.map(({ number, display, name }) => ({
      id: number,
      text: [display, name && named(name)].filter(Boolean).join(' '),
    })),
  ]
  const list = (
    <ul className="plain-list">
      {parts.map(({ id, text }) => (
        <li key={id}>{text}</li>
      ))}
    </ul>
  )
  return (
    <>
      <span>{t(`rights.limit.${scope.kind}`)}</span>
      {parts.length > maxShown ? (
        <details className="more-of">
          <summary>
            {scope.kind === 'numbers'
              ? t('rights.numbers', { count: parts.length })
              : t('rights.units', { count: parts.length })}
          </summary>
          {list}
        </details>
      ) : (
        parts.length > 0 && list
      )}
    </>
  )
}
