import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'

interface Download {
  at: string
  outcome: 'begun' | 'refused'
  address?: string
}

/** Single-use downloads: those started, and those refused because another was in progress. */
export function Downloads({ downloads }: { downloads: readonly Download[] }) {
  const { t, language } = useLanguage()
  if (downloads.length === 0) return null
  return (
    <div className="muted">
      {t('disclosures.packages.downloads.title')}
      <ul className="spaced-list">
        {downloads.map(({ at, outcome, address }, index) => (
          <li key={index}>
            {formatInstant(at, language)} {t(`disclosures.packages.downloads.${outcome}`)}
            {address !== undefined && `, ${t('disclosures.packages.downloads.from', { address })}`}
          </li>
        ))}
      </ul>
    </div>
  )
}
