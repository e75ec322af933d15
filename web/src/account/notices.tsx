/** Notices about one’s own account: at the next sign-in, and as a list (R20). */
import { Link, useLocation } from '@tanstack/react-router'
import { $api, api, queries } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import type { Language } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { groupNotices, noticeText, type NoticeGroup } from './notice-words.ts'

/** Maximum number of groups; more are on the account page. */
const maxShown = 5
const key = ['get', '/api/account/notices']

function useNotices() {
  return $api.useQuery('get', '/api/account/notices', undefined, { staleTime: 60_000 })
}

/** Unread account notices until dismissed: above the content of every page; on the start page, below the waiting tasks. */
export function NewNotices() {
  const { t, language } = useLanguage()
  const { data } = useNotices()
  const isAccountPage = useLocation({ select: ({ pathname }) => pathname === '/account' })
  const fresh = data?.items.filter(({ seen, own }) => !seen && !own) ?? []
  const offers = data?.items.some(({ kind, seen }) => kind === 'second-factor-offer' && !seen) ?? false
  const announced = fresh.filter(({ kind }) => kind !== 'second-factor-offer')
  if (announced.length === 0 && !offers) return null
  const groups = groupNotices(announced)
  const rest = groups.slice(maxShown).flat().length
  const markRead = async () => {
    const ids = data?.items.filter(({ seen }) => !seen).map(({ id }) => id) ?? []
    await api.POST('/api/account/notices/seen', { body: { ids } }).catch(() => undefined)
    await queries.invalidateQueries({ queryKey: key })
  }
  return (
    <section className="account-notices stack-small" aria-label={t('account.notices.title')}>
      {announced.length > 0 && (
        <Notice kind="warning" title={t('account.notices.new')}>
          <ul>
            {groups.slice(0, maxShown).map((group) => (
              <li key={group[0].id}>
                {noticeText(group, t)} {formatTimes(group, language)}
              </li>
            ))}
          </ul>
          {rest > 0 && <p>{t('account.notices.more', { count: rest })}</p>}
          <p>{t('account.notices.what')}</p>
        </Notice>
      )}
      {offers && (
        <Notice kind="info" title={t('account.notices.offer')}>
          <p>{t('account.notices.offer.what')}</p>
        </Notice>
      )}
      <div className="actions">
        {!isAccountPage && (
          <Link to="/account" className="button button-secondary small">
            {t('account.notices.account')}
          </Link>
        )}
        <Button kind="secondary" className="small" onPress={() => void markRead()}>
          {t(announced.length > 0 ? 'account.notices.seen' : 'account.notices.skip')}
        </Button>
      </div>
    </section>
  )
}

/** List of notices on the account page. */
export function NoticesSection() {
  const { t, language } = useLanguage()
  const { data } = useNotices()
  const items = data?.items.filter(({ kind }) => kind !== 'second-factor-offer') ?? []
  if (items.length === 0) return null
  return (
    <section className="panel panel-narrow stack" aria-labelledby="account-notices">
      <h2 id="account-notices">{t('account.notices.title')}</h2>
      <ul className="sessions">
        {items.slice(0, 20).map((notice) => (
          <li key={notice.id}>
            <div>
              <p>{noticeText([notice], t)}</p>
              <p className="muted">{formatInstant(notice.at, language)}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function formatTimes(group: NoticeGroup, language: Language): string {
  const [latest, first] = [group[0], group.at(-1) ?? group[0]].map(({ at }) => formatInstant(at, language))
  return first === latest ? `${latest}` : `${first} – ${latest}`
}
