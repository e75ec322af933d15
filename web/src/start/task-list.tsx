import { CircleAlert, CircleCheck, Circle, Clock } from 'lucide-react'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLanguage } from '../language/use-words.ts'

export type TaskState = 'now' | 'soon' | 'waits' | 'done'
const icons = { now: CircleAlert, soon: Clock, waits: Circle, done: CircleCheck }

/** Link target of a row. The types do not check its parts against each other: the row’s kind determines them. */
export interface Target {
  to: NonNullable<LinkProps['to']>
  params?: Record<string, string>
  search?: Record<string, string>
  hash?: string
}

/** A row of the start page: the task with its page, the item, how long the task has waited, and its deadline. */
export interface Task {
  key: string
  state: TaskState
  text: string
  target: Target | undefined
  about?: ReactNode
  age?: ReactNode
  deadline?: ReactNode
}

/** List of the start page, for waiting tasks and for the steps of a new installation. */
export function TaskList({ tasks, labelledBy }: { tasks: readonly Task[]; labelledBy: string }) {
  return (
    <ul
      className={tasks.some(({ age }) => Boolean(age)) ? 'tasks' : 'tasks tasks-ageless'}
      aria-labelledby={labelledBy}
    >
      {tasks.map(({ key, state, text, target, about, age, deadline }) => (
        <li key={key} className={`task task-${state}`}>
          <StateIcon state={state} />
          <p className="task-what">
            {target ? <TaskLink text={text} target={target} /> : text}{' '}
            {about && <span className="task-about">{about}</span>}
          </p>
          {age && <p className="task-age">{age}</p>}
          {deadline && <p className="task-deadline">{deadline}</p>}
        </li>
      ))}
    </ul>
  )
}

function TaskLink({ text, target: { to, params = {}, search = {}, hash = '' } }: { text: string; target: Target }) {
  return (
    <Link to={to} params={params as never} search={search} hash={hash} className="row-link">
      {text}
    </Link>
  )
}

/** Icon and text of a task's state. A task that only waits has no text: the row shows how long it has waited. */
function StateIcon({ state }: { state: TaskState }) {
  const { t } = useLanguage()
  const Icon = icons[state]
  return (
    <span className="task-state">
      <Icon aria-hidden="true" size={18} />
      {(state === 'now' || state === 'soon') && <span className="visually-hidden">{t(`start.waiting.${state}`)}</span>}
    </span>
  )
}
