import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { isDecisionMaker, isSecurity, preparesResearch } from './disclosure-shapes.ts'

/** Returns disclosures affected by coming changes of the description; none for persons who neither prepare nor decide. */
export function usePendingDisclosures(me: Me | undefined) {
  return $api.useQuery('get', '/api/pending-disclosures', undefined, {
    enabled: me !== undefined && (preparesResearch(me) || isSecurity(me) || isDecisionMaker(me)),
    staleTime: 0,
  })
}

/** Undecided disclosures that a coming change of the description affects (L29). */
export function PendingDisclosures({ me }: { me: Me }) {
  const { t, language } = useLanguage()
  const items = usePendingDisclosures(me).data?.items ?? []
  if (items.length === 0) return null
  const at = (instant: string) => formatInstant(instant, language)
  return (
    <section className="panel stack-small" aria-labelledby="pending-disclosures">
      <h2 id="pending-disclosures">{t('disclosures.pending.title')}</h2>
      <p className="measure">{t('disclosures.pending.what')}</p>
      <ul className="plain-list stack-small">
        {items.map(({ draft, version, effectiveFrom, disclosure: { kind, id, number }, items: count, endsAt }) => (
          <li key={`${draft} ${id}`}>
            <Link
              to={kind === 'RESEARCH' ? '/disclosures/research/$id' : '/disclosures/authority/$id'}
              params={{ id }}
              className="row-link"
            >
              {number}
            </Link>{' '}
            <span className="muted">{t('requests.rights.version', { version, time: at(effectiveFrom) })}.</span>{' '}
            {t(count > 0 ? 'disclosures.pending.ends' : 'requests.rights.ends', { count, time: at(endsAt) })}
          </li>
        ))}
      </ul>
    </section>
  )
}
