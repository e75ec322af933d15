import { useLanguage } from '../language/use-words.ts'

/** Loading skeleton: grey lines, and a text for screen readers. */
export function Waiting({ lines = 4 }: { lines?: number }) {
  const { t } = useLanguage()
  return (
    <div className="waiting" role="status">
      <span className="visually-hidden">{t('shell.loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="waiting-line" aria-hidden="true" />
      ))}
    </div>
  )
}
