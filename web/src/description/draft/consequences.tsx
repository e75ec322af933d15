import { useQuery } from '@tanstack/react-query'
import { CalendarClock, Hourglass, ShieldMinus, Shuffle, Trash2 } from 'lucide-react'
import { api } from '../../api/client.ts'
import type { Draft, DryRun } from '../../api/shapes.ts'
import { Button } from '../../controls/button.tsx'
import { Failure } from '../../controls/failure.tsx'
import { Waiting } from '../../controls/waiting.tsx'
import { formatInstant } from '../../format/instant.ts'
import { withoutBreaks } from '../../format/number.ts'
import { useLanguage } from '../../language/use-words.ts'
import { announce } from '../../shell/announce.tsx'
import { problemsOf } from '../use-draft.ts'

const icons = {
  'pending-rights': CalendarClock,
  'recordings-destroyed': Trash2,
  'recordings-shortened': Hourglass,
  'recorded-share': Shuffle,
  'rights-narrowed': ShieldMinus,
} as const

/**
 * Effects of the draft on the recordings held now, counted for the decision maker, and for the author on request: every count
 * is logged.
 */
export function Consequences({ draft }: { draft: Draft }) {
  const { t, language } = useLanguage()
  const count = problemsOf(draft).length
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['dry-run', draft.id, draft.revision],
    queryFn: () => tryDraft(draft.id),
    staleTime: 60_000,
    enabled: draft.mayDecide && count === 0,
    retry: false,
  })
  const run = async () => {
    const { data: counted } = await refetch()
    if (counted) announce(t('description.draft.dryRun.done', { count: counted.consequences.length }))
  }
  if (count > 0) return <p className="muted">{t('description.draft.dryRun.problems')}</p>
  return (
    <div className="stack-small" aria-busy={isFetching}>
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {!data && !isFetching && <p>{t('description.draft.dryRun.what')}</p>}
      {!data && isFetching && <Waiting lines={2} />}
      {data && (
        <>
          {data.consequences.length === 0 ? (
            <p>{t('description.draft.dryRun.none')}</p>
          ) : (
            <List consequences={data.consequences} />
          )}
          <p className="muted small-text">
            {t('description.draft.dryRun.at', { time: formatInstant(data.at, language) })}
          </p>
        </>
      )}
      {!error && (
        <Button kind={data ? 'link' : 'secondary'} isBusy={isFetching} onPress={() => void run()}>
          {t(data ? 'description.draft.dryRun.again' : 'description.draft.dryRun.do')}
        </Button>
      )}
    </div>
  )
}

function List({ consequences }: { consequences: DryRun['consequences'] }) {
  const { named } = useLanguage()
  return (
    <ul className="changes consequences">
      {consequences.map(({ kind, count, text }, index) => {
        const Icon = icons[kind]
        return (
          <li key={index} className={isGrave(kind, count) ? 'is-grave' : undefined}>
            <Icon aria-hidden="true" size={18} />
            <span>{withoutBreaks(named(text))}</span>
          </li>
        )
      })}
    </ul>
  )
}

const isGrave = (kind: DryRun['consequences'][number]['kind'], count: number) =>
  (kind === 'recordings-destroyed' || kind === 'pending-rights') && count > 0

async function tryDraft(id: string): Promise<DryRun> {
  const { data, error } = await api.POST('/api/description/drafts/{id}/dry-run', { params: { path: { id } } })

  if (!data) throw error
  return data
}
