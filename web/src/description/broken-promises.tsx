import { CircleCheck } from 'lucide-react'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { publicPages } from '../shell/public-pages.ts'
import { useEvidence } from '../shell/use-evidence.ts'

/** Promises of the description that the data breaks now; one line if all hold. */
export function BrokenPromises() {
  const { t, named, language } = useLanguage()
  const { data, error, refetch } = useEvidence()
  if (error) return <Failure error={error} onAgain={() => void refetch()} />
  if (!data) return null
  const broken = data.items.filter((proof) => !proof.holds)
  const unchecked = data.unchecked.length
  const earliestCheckAt = data.items
    .map((proof) => proof.checkedAt)
    .reduce((one, other) => (one < other ? one : other), '9999')
  const page = <a href={publicPages.description[language]}>{t('description.promises.page')}</a>
  if (broken.length + unchecked === 0) {
    return (
      <p className="promises-hold">
        <CircleCheck aria-hidden="true" size={20} />
        <span>
          {t('description.promises.hold', { count: data.items.length, time: formatInstant(earliestCheckAt, language) })}{' '}
          {page}
        </span>
      </p>
    )
  }
  return (
    <Notice kind="error">
      <h2 className="notice-title">{t('shell.nav.public.broken', { count: broken.length + unchecked })}</h2>
      <ul>
        {broken.map((proof) => (
          <li key={proof.promise}>
            {named(proof.text)}
            {proof.brokenSince && (
              <span className="second">
                {t('description.promises.since', { time: formatInstant(proof.brokenSince, language) })}
              </span>
            )}
          </li>
        ))}
        {unchecked > 0 && <li>{t('description.promises.unchecked', { count: unchecked })}</li>}
      </ul>
      <p>{page}</p>
    </Notice>
  )
}
