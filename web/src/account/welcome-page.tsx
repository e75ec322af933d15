/**
 * Page of a one-time link: sets the first password of a new person, a new one for a forgotten password, or the password of the
 * first persons of an installation, who choose their own user id (R20). Signs in with it.
 */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import type { LinkSeen } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { usePresence } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { AccountFailure } from './account-failure.tsx'
import { useLinkToken } from './link-token.ts'
import { WelcomeForm } from './welcome-form.tsx'

export function WelcomePage() {
  const { t } = useLanguage()
  const { token, forget } = useLinkToken()
  const link = useQuery({
    queryKey: ['link', token],
    enabled: token !== undefined,
    staleTime: Infinity,
    gcTime: 0,
    queryFn: async () => {
      const { data, error } = await api.POST('/api/links/look', { body: { token: token! } })
      if (!data) throw error
      return data
    },
  })
  return (
    <Page title={t(link.data ? titleOf(link.data) : 'account.welcome.title')} className="signin">
      {token === undefined && (
        <Notice kind="warning" title={t('account.welcome.none')}>
          <p>{t('account.welcome.none.hint')}</p>
          <Link to="/">{t('account.welcome.toSignIn')}</Link>
        </Notice>
      )}
      {token !== undefined && link.isPending && <Waiting />}
      {link.isError && (
        <>
          <AccountFailure error={link.error} onAgain={() => void link.refetch()} />
          <p>
            <Link to="/">{t('account.welcome.toSignIn')}</Link>
          </p>
        </>
      )}
      {token !== undefined && link.data && (
        <>
          <LinkOwner link={link.data} />
          {link.data.awaits === 'release' ? (
            <>
              <Notice kind="info">{t('account.welcome.release')}</Notice>
              <div className="actions">
                <Button kind="secondary" isBusy={link.isFetching} onPress={() => void link.refetch()}>
                  {t('account.welcome.release.again')}
                </Button>
              </div>
            </>
          ) : (
            <WelcomeForm key={token} token={token} link={link.data} onUsed={forget} />
          )}
        </>
      )}
    </Page>
  )
}

function LinkOwner({ link }: { link: LinkSeen }) {
  const { t, language } = useLanguage()
  const presence = usePresence()
  return (
    <>
      {presence.state === 'signed-in' && (
        <Notice kind="warning">{t('account.welcome.somebody', { name: presence.me.name })}</Notice>
      )}
      <div className="stack">
        <p>
          {link.kind === 'first-person'
            ? t('account.welcome.first-person', { role: link.role ? t(`rights.role.${link.role}` as Word) : '' })
            : t(`account.welcome.${link.kind}`, { name: link.name ?? '', userId: link.userId ?? '' })}
        </p>
        <p className="muted">{t('account.welcome.until', { time: formatInstant(link.until, language) })}</p>
      </div>
    </>
  )
}

function titleOf({ kind }: LinkSeen): Word {
  return kind === 'new-password' ? 'account.welcome.title.new-password' : 'account.welcome.title'
}
