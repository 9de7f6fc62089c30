import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { answerAws } from '../api/api-server.ts'
import type { Backend } from '../api/carry-out.ts'
import { errorText } from '../region-unusable.ts'
import { answerControl, CONTROL_PREFIX, type Controlled } from './control-path.ts'
import { listenOn } from './listen.ts'

/** The HTTP endpoint: the AWS protocols, and the control path beside them. */
export interface FrontDoor {
  /** From now on requests are answered; those that came before have waited. */
  open(backend: Backend, region: Controlled): void
  close(): Promise<void>
}

/** Listens at once, so that a port that is taken shows before anything is started. Throws {@link RegionUnusable}. */
export async function makeFrontDoor(port: number, report: (problem: string) => void): Promise<FrontDoor> {
  const { promise: opened, resolve } = Promise.withResolvers<{ backend: Backend; region: Controlled }>()

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { backend, region } = await opened
    try {
      const controls = request.url?.startsWith(CONTROL_PREFIX)
      await (controls ? answerControl(request, response, region) : answerAws(request, response, backend))
    } catch (error) {
      if (request.destroyed && !request.complete) return
      report(`${request.method} ${request.url} failed: ${error instanceof Error ? error.stack : errorText(error)}`)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    }
  }

  const server = createServer((request, response) => void answer(request, response))
  await listenOn(server, port, 'its API')
  return {
    open: (backend, region) => resolve({ backend, region }),
    close: () => {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>()
      server.close(() => done())
      server.closeAllConnections()
      return closed
    },
  }
}
