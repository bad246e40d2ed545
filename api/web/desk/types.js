/**
 * The shapes that travel between the desk and the server (HTTP contract v1), and the desk's own state.
 *
 * Types only: nothing here exists at run time. Money is integer fen; times are ISO 8601 with a zone.
 */

/** @typedef {"zh"|"en"} Language */
/** @typedef {"assistant"|"queued"|"human"|"closed"} Owner */
/** @typedef {{zh: string, en: string}} Bilingual */
/** @typedef {string|Bilingual|null|undefined} Words words in one language or in both */

/** @typedef {{id: string, name: string, role: string, skills: string[]}} Staff */
/** @typedef {{token: string, expires_at: string, staff: Staff}} Session */

/**
 * @typedef {object} Row one conversation as the queue shows it
 * @property {string} id
 * @property {{id: string, name: string, credit_tier?: number|string}} buyer
 * @property {Owner} owner
 * @property {string} language
 * @property {string|null} waiting_since
 * @property {number} priority 1 (most urgent) to 5
 * @property {string} queue
 * @property {string[]} skills
 * @property {Words} reason
 * @property {string|null} mood
 * @property {string} last_text
 * @property {string} last_at
 * @property {{id: string, name: string}|null} agent
 */

/**
 * @typedef {object} Conversation
 * @property {string} id
 * @property {Owner} owner
 * @property {string} language
 * @property {number} last_seq
 * @property {{id?: string, name: string}|null} agent
 * @property {{position: number, wait_seconds: number|null, promised_at: string|null, open: boolean}|null} queue
 */

/**
 * @typedef {object} DeskEvent one entry of the append-only log
 * @property {number} seq
 * @property {string} at
 * @property {string} kind
 * @property {"buyer"|"assistant"|"agent"|"system"} actor
 * @property {"public"|"internal"} visibility
 * @property {any} data shaped by `kind`; read through `events.js` and `cards.js`, which tolerate absent parts
 */

/** @typedef {{fen: number, currency: string, lines?: {label: Words, fen: number}[]}} Amount */
/** @typedef {{label: Words, value: unknown, source?: Words}} Fact */
/** @typedef {"true"|"false"|"open"} Truth */
/** @typedef {{id: string, title: Words, rank: string, truth: Truth, conditions?: {text: Words, truth: Truth}[]}} RuleProof */

/** @typedef {{label: Words, known_by: string, values: Record<string, Words>}} FactLabel */

/**
 * @typedef {object} DecisionCard
 * @property {string} [type]
 * @property {string} outcome grant, refuse, ask or review
 * @property {Words} title
 * @property {Amount|null} [amount]
 * @property {Fact[]} [facts]
 * @property {Words[]} [reasons]
 * @property {string[]} [citations]
 * @property {RuleProof[]} [rules]
 * @property {{claim: string, title: Words}[]} [alternatives]
 * @property {Words[]} [what_if] what would have changed it
 * @property {string|null} [until]
 */

/** @typedef {{n: number, clause: string, title: string, version?: string, in_force_from?: string}} Citation */
/** @typedef {{text: string, language?: string, citations?: Citation[], cards?: any[], buttons?: {label: string}[]}} Reply */

/**
 * @typedef {object} Briefing
 * @property {string} asked
 * @property {Fact[]} facts
 * @property {DecisionCard|null} decision
 * @property {string[]} done
 * @property {string} mood
 * @property {Words} rule
 * @property {string} summary
 * @property {string} language
 */

/**
 * @typedef {object} Advice what the copilot says of the conversation as it stands
 * @property {{name: string, title: Words, probability: number}[]} intents
 * @property {{clause: string, title: string, excerpt: string, score: number}[]} clauses
 * @property {DecisionCard|null} entitlement
 * @property {{fact: string, question: string}[]} open_questions
 * @property {{text: string, citations?: Citation[]}|null} suggestion
 * @property {string|null} next_step
 */

/** @typedef {{id: string, title: Words, quantity: number, paid_fen: number, refunded_fen: number, options?: Record<string, string>, image?: string}} Item */
/** @typedef {{carrier: string, tracking_number: string, state: string, state_label?: Words, events?: {at: string, text: Words}[]}} Parcel */
/** @typedef {{id: string, state: string, state_label: Words, shop: {id: string, name: Words}, created_at: string, paid_fen: number, refunded_fen: number, currency: string, items: Item[], parcels?: Parcel[], delivered_at?: string|null}} Order */
/** @typedef {{id: string, document: Words, title: Words, text: Words, version: string, in_force?: {from?: string|null, to?: string|null}, rank?: string, source?: Words}} Clause */

/** @typedef {"sending"|"failed"|"refused"} PendingState */
/** @typedef {{clientId: string, text: string, state: PendingState, why: string}} Pending a message on its way, or stuck */
/** @typedef {"waiting"|"mine"|"assistant"|"closed"} Tab */
/** @typedef {"live"|"connecting"|"down"} Link */
/** @typedef {"reply"|"note"} Mode */
/** @typedef {{text: string, tone: "info"|"bad"}} Notice */

/**
 * @typedef {object} Thread the open conversation
 * @property {string} id
 * @property {"loading"|"ready"|"failed"} status
 * @property {Conversation|null} conversation
 * @property {Briefing|null} briefing
 * @property {DeskEvent[]} events in order of seq, each once
 * @property {{by: string, name?: string, until: number}|null} typing
 * @property {{turn: string, text: string}|null} delta the assistant's reply while it is being written
 * @property {Link} link
 * @property {Advice|null} advice
 * @property {number} adviceFor the seq that the advice was computed at; older advice is shown as stale
 * @property {"idle"|"loading"|"failed"} adviceStatus
 * @property {Order[]|"failed"|null} orders null until they are here
 */

/**
 * @typedef {object} DeskState
 * @property {Staff|null} staff
 * @property {Map<string, Row>} rows
 * @property {boolean} rowsLoaded
 * @property {Tab} tab
 * @property {string|null} openId
 * @property {Thread|null} thread
 * @property {Map<string, Pending[]>} pending by conversation
 * @property {Map<string, string>} seen conversation → `last_at` when it was last looked at
 * @property {Link} link the queue's stream
 * @property {boolean} online what the browser says of the network
 * @property {Notice|null} notice
 * @property {Mode} mode what the composer writes
 * @property {boolean} side the right pane
 * @property {boolean} copilot shown, and asked of the server at all
 * @property {boolean} busy an action on the conversation is on its way
 */

export {};
