/**
 * Frame of every page: service name, languages, signed-in person, purpose, navigation. Without a session it shows the sign-in
 * page in place; the URL stays.
 */
import { Link, Outlet, useLocation, useMatches, useNavigate } from '@tanstack/react-router'
import { Menu, TriangleAlert, X } from 'lucide-react'
import { lazy, Suspense, useEffect, useEffectEvent, useState, type ReactNode } from 'react'
import { NewNotices } from '../account/notices.tsx'
import { $api, queries } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { listenToTabs, notifyTabs, type TabMessage } from '../api/tabs.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { rememberSearch } from '../contacts/last-search.ts'
import { useLanguage } from '../language/use-words.ts'
import { LeaveContext, useLeave, type SessionEndReason } from '../session/leave.ts'
import { loadPurposeForm, PurposeGate } from '../session/purpose-gate.tsx'
import { PurposeStrip } from '../session/purpose-strip.tsx'
import { PurposeProvider, forgetPurpose } from '../session/purpose.tsx'
import { SessionMenu } from '../session/session-menu.tsx'
import { endSession } from '../session/end-session.ts'
import { ProveAgain } from '../session/prove-again.tsx'
import { SessionTimeout } from '../session/session-timeout.tsx'
import { SignInPage } from '../session/sign-in-page.tsx'
import { MeContext, usePresence } from '../session/use-presence.ts'
import { resetTab, clearTab, belongsToAnother, bindTab } from '../session/tab-owner.ts'
import { Announcer } from './announce.tsx'
import { Footer } from './footer.tsx'
import { LanguageChoice } from './language-choice.tsx'
import { Navigation } from './navigation.tsx'
import { useBrokenPromises } from './use-evidence.ts'
import { useHelp } from './use-help.tsx'

const ListeningRoom = lazy(async () => ({
  default: (await import('../listening-room/listening-room.tsx')).ListeningRoom,
}))

/** Root of all pages. */
export function Shell() {
  const navigate = useNavigate()
  const presence = usePresence()
  const [because, setBecause] = useState<SessionEndReason>()
  const [wasIn, setWasIn] = useState(false)
  const [isLeaving, setLeaving] = useState(false)
  const isOpen = useMatches({ select: (matches) => matches.at(-1)?.staticData.isOpen === true })
  const needsPurpose = useMatches({ select: (matches) => matches.at(-1)?.staticData.purpose !== undefined })
  const signedIn = presence.state === 'signed-in'
  if (signedIn && !isLeaving && (!wasIn || because)) {
    setWasIn(true)
    setBecause(undefined)
  }

  const personId = presence.state === 'signed-in' ? presence.me.personId : undefined
  const isConfined = presence.state === 'signed-in' && presence.me.confinedTo !== undefined
  // A page without sign-in belongs to nobody.
  const followsAnother = personId !== undefined && !isLeaving && (!isOpen || isConfined) && belongsToAnother(personId)
  useEffect(() => {
    if (followsAnother) resetTab()
    else if (personId !== undefined && !belongsToAnother(personId)) bindTab(personId)
  }, [personId, followsAnother])
  useEffect(() => {
    if (personId !== undefined) notifyTabs('signed-in')
  }, [personId])

  useEffect(() => {
    if (needsPurpose) void loadPurposeForm()
  }, [needsPurpose])

  const leave = async (reason: SessionEndReason, location: 'here' | 'elsewhere' = 'here') => {
    // Hides everything, whether or not the server receives it.
    setLeaving(true)
    // After a timeout the person returns to where they were; after a sign-out no search is left for the next one.
    if (reason !== 'ended') {
      clearTab()
      rememberSearch({})
      void navigate({ to: '/', replace: true })
    }
    if (location === 'here') {
      const message = reason === 'ended' ? reason : 'signed-out'
      const elsewhere = await endSession(message)
      notifyTabs(message)
      if (elsewhere !== undefined) return window.location.assign(elsewhere)
    }
    forgetPurpose()
    queries.clear()
    await queries.invalidateQueries()
    await queries.resetQueries({ queryKey: ['get', '/api/session'] })
    setBecause(reason)
    setWasIn(false)
    setLeaving(false)
  }

  // Another tab of this browser ended or started the session: applies here at once.
  const receive = useEffectEvent((message: TabMessage) => {
    if (message === 'signed-in') void queries.invalidateQueries({ queryKey: ['get', '/api/session'] })
    else if (message !== 'used' && signedIn) void leave(message, 'elsewhere')
  })
  useEffect(() => listenToTabs(receive), [])

  if (followsAnother) {
    return (
      <Alone>
        <Waiting />
      </Alone>
    )
  }
  // The listening mode replaces every page, at any URL (R47).
  if (presence.state === 'signed-in' && presence.me.confinedTo && !isLeaving) {
    return (
      <LeaveContext value={(reason, location) => void leave(reason, location)}>
        <Suspense fallback={<Waiting />}>
          <ListeningRoom me={presence.me} appointmentId={presence.me.confinedTo} />
        </Suspense>
      </LeaveContext>
    )
  }
  if (isOpen) {
    return (
      <Alone>
        <Suspense fallback={<Waiting />}>
          <Outlet />
        </Suspense>
      </Alone>
    )
  }
  if (presence.state === 'signed-in' && !isLeaving) {
    return (
      <PurposeProvider key={presence.me.personId} me={presence.me}>
        <LeaveContext value={(reason, location) => void leave(reason, location)}>
          <MeContext value={presence.me}>
            <SignedIn me={presence.me} />
          </MeContext>
        </LeaveContext>
      </PurposeProvider>
    )
  }
  return (
    <Alone>
      {(isLeaving || presence.state === 'asking') && <Waiting />}
      {!isLeaving && presence.state === 'unknown' && <Failure error={presence.error} onAgain={presence.retry} />}
      {!isLeaving && presence.state === 'signed-out' && (
        <SignInPage awaits={presence.awaits} because={because ?? (wasIn ? 'ended' : undefined)} />
      )}
    </Alone>
  )
}

/** A page without navigation and without sign-in. */
function Alone({ children }: { children: ReactNode }) {
  return (
    <div className="shell">
      <SkipLink />
      <Header />
      <div className="shell-body">
        <main id="content" className="content content-alone">
          {children}
        </main>
      </div>
      <Footer />
      <Announcer />
    </div>
  )
}

function SignedIn({ me }: { me: Me }) {
  const { t } = useLanguage()
  const leave = useLeave()
  const [menuOpen, setMenuOpen] = useState(false)
  const { pathname } = useLocation()
  const broken = useBrokenPromises()
  const isBroken = broken > 0
  const help = useHelp(me)
  const purpose = useMatches({ select: (matches) => matches.at(-1)?.staticData.purpose })
  const isGeneral = useMatches({ select: (matches) => matches.at(-1)?.staticData.isGeneral === true })
  const isWall = useMatches({ select: (matches) => matches.at(-1)?.staticData.isWall === true })
  const page = (
    <Suspense fallback={<Waiting />} key={pathname}>
      <Outlet />
    </Suspense>
  )
  if (isWall) {
    return (
      <>
        <main id="content">{page}</main>
        <Announcer />
        <SessionTimeout me={me} onEnded={() => leave('ended')} onSignOut={() => leave('signed-out')} />
      </>
    )
  }
  return (
    <div className="shell">
      <SkipLink />
      <Header
        menu={
          <Button
            kind="quiet"
            className="menu-button"
            aria-expanded={menuOpen}
            aria-controls="navigation"
            onPress={() => setMenuOpen(!menuOpen)}
          >
            {isBroken && !menuOpen && <TriangleAlert aria-hidden="true" size={20} className="menu-mark" />}
            {menuOpen ? <X aria-hidden="true" size={22} /> : <Menu aria-hidden="true" size={22} />}
            <span>{t('shell.nav.menu')}</span>
            {isBroken && <span className="visually-hidden">{t('shell.nav.public.broken', { count: broken })}</span>}
          </Button>
        }
        session={
          <>
            {help.button}
            <SessionMenu me={me} onSignOut={() => leave('signed-out')} />
          </>
        }
      />
      <div className="shell-body">
        <Navigation me={me} id="navigation" isOpen={menuOpen} onNavigate={() => setMenuOpen(false)} />
        {help.panel}
        <div className="beside-navigation">
          {/* The start page shows the notices itself, below the waiting tasks. */}
          {pathname !== '/' && <NewNotices />}
          {purpose && <PurposeStrip />}
          <main id="content" className="content">
            {purpose === 'needed' ? <PurposeGate isGeneral={isGeneral}>{page}</PurposeGate> : page}
          </main>
        </div>
      </div>
      <Footer />
      <Announcer />
      <ProveAgain me={me} />
      <SessionTimeout me={me} onEnded={() => leave('ended')} onSignOut={() => leave('signed-out')} />
    </div>
  )
}

function SkipLink() {
  const { t } = useLanguage()
  return (
    <a
      className="skip-link"
      href="#content"
      onClick={(event) => {
        event.preventDefault()
        document.querySelector<HTMLElement>('#content h1')?.focus()
      }}
    >
      {t('shell.nav.skip')}
    </a>
  )
}

function Header({ menu, session }: { menu?: ReactNode; session?: ReactNode }) {
  const { named } = useLanguage()
  const { data: organisation } = $api.useQuery('get', '/api/organisation', undefined, { staleTime: Infinity })

  useEffect(() => {
    if (organisation?.brand) document.documentElement.style.setProperty('--brand', organisation.brand)
  }, [organisation?.brand])

  return (
    <header className="header">
      <div className="header-inner">
        {menu}
        <Link to="/" className="service">
          <img src="/seloste.svg" alt="" width={30} height={30} />
          <span className="service-words">
            <span className="service-name">Seloste</span>
            {organisation && <span className="service-organisation">{named(organisation.name)}</span>}
          </span>
        </Link>
        <div className="header-end">
          <LanguageChoice />
          {session}
        </div>
      </div>
    </header>
  )
}
