/** One’s own account: password, second factor, passkeys, sessions and notices (R20). */
import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { NoticesSection } from './notices.tsx'
import { PasswordSection } from './password-section.tsx'
import { PasskeysSection } from './passkeys.tsx'
import { SecondFactorSection } from './second-factor-section.tsx'
import { SessionsSection } from './sessions-section.tsx'

export function AccountPage() {
  const { t } = useLanguage()
  const { data: account, error, isPending, refetch } = $api.useQuery('get', '/api/account', undefined, { staleTime: 0 })
  return (
    <Page title={t('account.title')} lead={t('account.lead')}>
      {isPending && <Waiting lines={6} />}
      {error && !account && <Failure error={error} onAgain={() => void refetch()} />}
      {account && (
        <>
          <section className="panel" aria-labelledby="account-who">
            <h2 id="account-who" className="visually-hidden">
              {t('account.who')}
            </h2>
            <dl className="facts">
              <Fact label={t('people.person.name')}>{account.name}</Fact>
              <Fact label={t('people.person.userId')}>{account.userId}</Fact>
              <Fact label={t('account.method')}>{t(`account.method.${account.method}` as Word)}</Fact>
              <Fact label={t('session.rights')}>
                <Link to="/rights/people/$id" params={{ id: account.personId }}>
                  {t('account.rights')}
                </Link>
              </Fact>
            </dl>
          </section>
          <PasswordSection account={account} />
          <SecondFactorSection account={account} />
          <PasskeysSection account={account} />
          <SessionsSection />
          <NoticesSection />
        </>
      )}
    </Page>
  )
}
