import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef } from 'react'
import { $api, queries } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { languageNames, languages, showChosenLanguage, showLanguage } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { forgetPurpose } from '../session/purpose.tsx'
import { Announcer } from '../shell/announce.tsx'
import { EndRoom } from './end-room.tsx'
import { RoomCalls } from './room-calls.tsx'
import { hasSound } from './room-facts.ts'
import { TimeLeft, useMinutesLeft } from './time-left.tsx'
import { useLeaveWhenEnded } from './use-leave-when-ended.ts'

/** Poll interval: a recording may be destroyed during the listening. */
const pollMs = 15_000

/**
 * Whole screen of the listening mode: calls, time left, and the host's way to end it. While the session serves the appointment,
 * every URL in every tab leads here.
 */
export function ListeningRoom({ me, appointmentId }: { me: Me; appointmentId: string }) {
  const { t } = useLanguage()
  useLockToRoom()
  const { data, error, isPending, refetch } = $api.useQuery('get', '/api/room', undefined, {
    staleTime: 0,
    // After the slot the session has ended: stops polling.
    refetchInterval: ({ state }) => (state.data && Date.parse(state.data.until) <= serverNowMs() ? false : pollMs),
  })
  const minutes = useMinutesLeft(data?.until)
  useLeaveWhenEnded(data !== undefined && minutes === 0)
  const heading = useRef<HTMLHeadingElement>(null)

  const language = data?.language
  useEffect(() => {
    if (language) void showLanguage(language)
    return () => void showChosenLanguage()
  }, [language])
  const title = t('listening-room.title')
  useEffect(() => {
    document.title = title
  }, [title])
  const isReady = data !== undefined
  useEffect(() => {
    if (isReady) heading.current?.focus()
  }, [isReady])

  return (
    <div className="room" data-appointment={appointmentId}>
      <header className="room-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <RoomLanguages />
      </header>
      <main className="room-main">
        {isPending && <Waiting lines={4} />}
        {!data && error && (
          <Notice kind="error" isUrgent>
            <p>{t('listening-room.failed')}</p>
            <Button kind="primary" className="room-button" onPress={() => void refetch()}>
              {t('shell.again')}
            </Button>
          </Notice>
        )}
        {data && minutes === 0 && (
          <Notice kind="info" isUrgent>
            <p>{t('listening-room.over')}</p>
          </Notice>
        )}
        {data && minutes > 0 && (
          <>
            <TimeLeft minutes={minutes} until={data.until} />
            {!hasSound(data) && (
              <Notice kind="warning" isUrgent>
                <p>{t('listening-room.nothing')}</p>
              </Notice>
            )}
            <RoomCalls room={data} />
          </>
        )}
      </main>
      <footer className="room-foot">
        <EndRoom host={me.name} confirms={data?.confirms === true} />
      </footer>
      <Announcer />
    </div>
  )
}

/** Keeps the browser on the URL of the listening mode, also on "back", and clears data fetched by other pages. */
function useLockToRoom(): void {
  const navigate = useNavigate()
  const stayInRoom = useEffectEvent(() => {
    if (window.location.pathname !== '/room') void navigate({ to: '/room', replace: true })
  })
  useEffect(() => {
    forgetPurpose()
    queries.removeQueries({ predicate: ({ queryKey }) => !keptQueries.includes(queryKey[1]) })
    stayInRoom()
    window.addEventListener('popstate', stayInRoom)
    return () => window.removeEventListener('popstate', stayInRoom)
  }, [])
}

const keptQueries: readonly unknown[] = ['/api/session', '/api/room']

/** Changes the booked language, for this listener only. */
function RoomLanguages() {
  const { t, language } = useLanguage()
  return (
    <div className="room-languages" role="group" aria-label={t('shell.nav.languages')}>
      {languages.map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={one === language}
          onClick={() => void showLanguage(one)}
        >
          {languageNames[one]}
        </button>
      ))}
    </div>
  )
}
