import { useNavigate, useSearch } from '@tanstack/react-router'
import { RefreshCw } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'
import { queries } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { EntryDialog } from './entry-dialog.tsx'
import { readLogFilters, type LogFilters } from './log-filters.ts'
import { LogForm } from './log-form.tsx'
import { LogList } from './log-list.tsx'
import { LogStatePanel } from './log-state.tsx'
import { maxRows, useLog } from './use-log.ts'

/** Loki: the audit log, filtered by the URL. */
export function LogPage() {
  const { t } = useLanguage()
  const filters = useSearch({ from: '/log', select: readLogFilters, structuralSharing: true })
  const navigate = useNavigate()
  const { entry, ...request } = filters
  const navigateTo = (search: LogFilters) => void navigate({ to: '/log', search })
  const open = (seq: number | undefined) =>
    void navigate({
      to: '/log',
      search: { ...request, ...(seq !== undefined && { entry: String(seq) }) },
      resetScroll: false,
    })
  const renew = () => void queries.resetQueries({ queryKey: ['log'] })

  return (
    <Page title={t('log.title')} lead={t('log.lead')}>
      <LogStatePanel onOpen={open} />
      <LogForm
        filters={request}
        onSearch={(next) => {
          if (JSON.stringify(next) === JSON.stringify(request)) renew()
          else navigateTo(next)
        }}
      />
      <Found key={JSON.stringify(request)} filters={request} onOpen={open} onRenew={renew} />
      <EntryDialog seq={entry === undefined ? undefined : Number(entry)} onClose={() => open(undefined)} />
    </Page>
  )
}

function Found({
  filters,
  onOpen,
  onRenew,
}: {
  filters: LogFilters
  onOpen: (seq: number) => void
  onRenew: () => void
}) {
  const { t, language } = useLanguage()
  const [seen, setSeen] = useState({ first: 0, end: 0 })
  const { isPending, isSuccess, error, count, retry, rowAt } = useLog(filters, seen)
  const total = formatCount(count, language)
  const summary = count >= maxRows ? t('log.count.most', { total }) : t('log.count', { count, total })

  const announceNow = useEffectEvent(() => announce(count === 0 ? t('log.none') : summary))
  useEffect(() => {
    if (isSuccess) announceNow()
  }, [isSuccess, count])

  return (
    <section aria-labelledby="log-found" className="results-section" aria-busy={isPending}>
      <div className="results-head">
        <h2 id="log-found">{t('log.found')}</h2>
        {count > 0 && <p className="results-count">{summary}</p>}
        <Button kind="link" onPress={onRenew}>
          <RefreshCw aria-hidden="true" size={18} />
          {t('log.fresh')}
        </Button>
      </div>
      {isPending && <Waiting lines={8} />}
      {error !== undefined && <Failure error={error} onAgain={retry} />}
      {isSuccess && count === 0 && (
        <Notice kind="info" title={t('log.none')}>
          {t('log.none.hint')}
        </Notice>
      )}
      {count > 0 && <LogList count={count} rowAt={rowAt} onSeen={setSeen} onOpen={onOpen} />}
    </section>
  )
}
