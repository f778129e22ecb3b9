/// What Protocol/openapi.yaml says, so that an indexer can show it wherever it runs; a test holds the two together.
enum OpenAPIDocument {
  static let text = #"""
    openapi: 3.1.0
    info:
      title: Martlet indexer
      version: "1"
      summary: From a request to the nearest suitable host, at once, never the same seat twice.
      description: |
        Hosts register and say every five seconds how they are; players ask for seats. indexer.md tells the story; this
        document has the shapes.

        Requests that change something are signed: RFC 9421 HTTP Message Signatures with Ed25519, over `@method`, `@path`,
        `@query` and `content-digest` (RFC 9530, SHA-256), with `created` within 30 s of the indexer's clock and a `nonce`
        that is never used twice. identity.md has every byte. Whoever signs is whom the request is from; its name is the
        first 16 bytes of the SHA-256 of its public key.

        Everything that goes wrong is a problem document (RFC 9457). Programs look at `type`.
      license:
        name: Apache-2.0
        identifier: Apache-2.0
    tags:
      - name: hosts
      - name: sessions
      - name: listings
    paths:
      /v1/hosts:
        post:
          operationId: registerHost
          tags: [hosts]
          summary: A host registers; this indexer is its home from now on.
          description: Repeating it is harmless, and takes the host home again with a higher epoch.
          security: [{ signature: [] }]
          requestBody:
            required: true
            content:
              application/json: { schema: { $ref: "#/components/schemas/HostRegistration" } }
          responses:
            "200":
              description: Registered.
              content:
                application/json: { schema: { $ref: "#/components/schemas/HostRegistered" } }
            "400": { $ref: "#/components/responses/Problem" }
            "401": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
        get:
          operationId: listHosts
          tags: [listings]
          summary: The nearest hosts that have a game and a free seat, best estimate first.
          parameters:
            - { name: game, in: query, schema: { $ref: "#/components/schemas/GameName" } }
            - name: latitude
              in: query
              description: Degrees north; counts together with longitude only.
              schema: { type: number, minimum: -90, maximum: 90 }
            - name: longitude
              in: query
              description: Degrees east; counts together with latitude only.
              schema: { type: number, minimum: -180, maximum: 180 }
            - { name: landmarks, in: query, schema: { $ref: "#/components/schemas/Landmarks" } }
            - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 64, default: 20 } }
          responses:
            "200":
              description: At most `limit` hosts.
              content:
                application/json: { schema: { $ref: "#/components/schemas/HostList" } }
            "400": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
      /v1/hosts/{host}/heartbeat:
        parameters: [{ $ref: "#/components/parameters/host" }]
        post:
          operationId: heartbeat
          tags: [hosts]
          summary: A host says how it is, every five seconds and whenever a session starts or ends.
          security: [{ signature: [] }]
          requestBody:
            required: true
            content:
              application/json: { schema: { $ref: "#/components/schemas/Heartbeat" } }
          responses:
            "204": { description: Taken. }
            "400": { $ref: "#/components/responses/Problem" }
            "401": { $ref: "#/components/responses/Problem" }
            "403": { $ref: "#/components/responses/Problem" }
            "404": { $ref: "#/components/responses/Problem" }
            "409": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /v1/hosts/{host}/drain:
        parameters: [{ $ref: "#/components/parameters/host" }]
        post:
          operationId: drainHost
          tags: [hosts]
          summary: No new players for this host, or that taken back.
          security: [{ signature: [] }]
          requestBody:
            required: true
            content:
              application/json: { schema: { $ref: "#/components/schemas/DrainOrder" } }
          responses:
            "204": { description: Done. }
            "400": { $ref: "#/components/responses/Problem" }
            "401": { $ref: "#/components/responses/Problem" }
            "403": { $ref: "#/components/responses/Problem" }
            "404": { $ref: "#/components/responses/Problem" }
            "409": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /v1/hosts/{host}/stream:
        parameters: [{ $ref: "#/components/parameters/host" }]
        get:
          operationId: hostStream
          tags: [hosts]
          summary: What the host's home tells it, a line of JSON each, for as long as the connection holds.
          description: A newer stream of the same host ends the older one, which is told `goodbye`.
          security: [{ signature: [] }]
          responses:
            "200":
              description: Lines as HostMessage says; `alive` at least every five seconds.
              content:
                application/x-ndjson: { schema: { type: string } }
            "401": { $ref: "#/components/responses/Problem" }
            "403": { $ref: "#/components/responses/Problem" }
            "404": { $ref: "#/components/responses/Problem" }
            "409": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /v1/games:
        get:
          operationId: listGames
          tags: [listings]
          summary: What can be played.
          responses:
            "200":
              description: At most 1000 games, those of most hosts first.
              content:
                application/json: { schema: { $ref: "#/components/schemas/GameList" } }
            "429": { $ref: "#/components/responses/Later" }
      /v1/landmarks:
        get:
          operationId: listLandmarks
          tags: [listings]
          summary: Up to eight hosts, far from each other, whose round trips place a player or a host.
          responses:
            "200":
              description: The landmarks.
              content:
                application/json: { schema: { $ref: "#/components/schemas/LandmarkList" } }
            "429": { $ref: "#/components/responses/Later" }
      /v1/keys:
        get:
          operationId: listKeys
          tags: [listings]
          summary: The keys that tickets are checked with, of every live indexer, signed by this one.
          responses:
            "200":
              description: The signed key set.
              content:
                application/json: { schema: { $ref: "#/components/schemas/Keys" } }
            "429": { $ref: "#/components/responses/Later" }
      /v1/sessions:
        post:
          operationId: orderSession
          tags: [sessions]
          summary: A player asks for a seat.
          description: The same `request` of the same player leads to the same session, however often and wherever it is asked.
          security: [{ signature: [] }]
          requestBody:
            required: true
            content:
              application/json: { schema: { $ref: "#/components/schemas/SessionOrder" } }
          responses:
            "201": { $ref: "#/components/responses/Offer" }
            "202": { $ref: "#/components/responses/Queued" }
            "400": { $ref: "#/components/responses/Problem" }
            "401": { $ref: "#/components/responses/Problem" }
            "404": { $ref: "#/components/responses/Problem" }
            "409": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /v1/queue:
        post:
          operationId: waitInQueue
          tags: [sessions]
          summary: Waits up to 20 s for a seat.
          security: [{ signature: [] }]
          requestBody:
            required: true
            content:
              application/json: { schema: { $ref: "#/components/schemas/QueueOrder" } }
          responses:
            "201": { $ref: "#/components/responses/Offer" }
            "202": { $ref: "#/components/responses/Queued" }
            "400": { $ref: "#/components/responses/Problem" }
            "401": { $ref: "#/components/responses/Problem" }
            "403": { $ref: "#/components/responses/Problem" }
            "409": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /v1/queue/{request}:
        parameters: [{ $ref: "#/components/parameters/request" }]
        delete:
          operationId: leaveQueue
          tags: [sessions]
          summary: A player waits no longer; a seat given to it at the same moment is given up.
          security: [{ signature: [] }]
          responses:
            "204": { description: Left. }
            "400": { $ref: "#/components/responses/Problem" }
            "401": { $ref: "#/components/responses/Problem" }
            "404": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /v1/sessions/{session}:
        parameters: [{ $ref: "#/components/parameters/session" }]
        delete:
          operationId: endSession
          tags: [sessions]
          summary: The player has had enough.
          security: [{ signature: [] }]
          responses:
            "204": { description: The session is given up; its seat is free when its host says so. }
            "401": { $ref: "#/components/responses/Problem" }
            "403": { $ref: "#/components/responses/Problem" }
            "404": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /v1/sessions/{session}/renew:
        parameters: [{ $ref: "#/components/parameters/session" }]
        post:
          operationId: renewSession
          tags: [sessions]
          summary: A session that runs goes on.
          security: [{ signature: [] }]
          responses:
            "200":
              description: It goes on.
              content:
                application/json: { schema: { $ref: "#/components/schemas/SessionRenewed" } }
            "401": { $ref: "#/components/responses/Problem" }
            "403": { $ref: "#/components/responses/Problem" }
            "404": { $ref: "#/components/responses/Problem" }
            "409": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /v1/sessions/{session}/resume:
        parameters: [{ $ref: "#/components/parameters/session" }]
        post:
          operationId: resumeSession
          tags: [sessions]
          summary: The session's host was lost; another, at the head of the queue. The session given up is over.
          security: [{ signature: [] }]
          requestBody:
            required: true
            content:
              application/json: { schema: { $ref: "#/components/schemas/SessionOrder" } }
          responses:
            "201": { $ref: "#/components/responses/Offer" }
            "202": { $ref: "#/components/responses/Queued" }
            "400": { $ref: "#/components/responses/Problem" }
            "401": { $ref: "#/components/responses/Problem" }
            "403": { $ref: "#/components/responses/Problem" }
            "404": { $ref: "#/components/responses/Problem" }
            "409": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /v1/sessions/{session}/started:
        parameters: [{ $ref: "#/components/parameters/session" }]
        post:
          operationId: sessionStarted
          tags: [sessions]
          summary: How long the player waited for its first picture.
          security: [{ signature: [] }]
          requestBody:
            required: true
            content:
              application/json: { schema: { $ref: "#/components/schemas/SessionStart" } }
          responses:
            "204": { description: Noted. }
            "400": { $ref: "#/components/responses/Problem" }
            "401": { $ref: "#/components/responses/Problem" }
            "403": { $ref: "#/components/responses/Problem" }
            "404": { $ref: "#/components/responses/Problem" }
            "413": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /v1/sessions/{session}/decision:
        parameters: [{ $ref: "#/components/parameters/session" }]
        get:
          operationId: sessionDecision
          tags: [sessions]
          summary: How the session's host was chosen; replaying it gives the same host.
          responses:
            "200":
              description: The decision record.
              content:
                application/json: { schema: { $ref: "#/components/schemas/DecisionRecord" } }
            "404": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
      /v1/status:
        get:
          operationId: status
          tags: [listings]
          summary: The network as this indexer sees it.
          parameters:
            - name: places
              in: query
              description: Whether to list where hosts are.
              schema: { type: string, enum: ["true", "false"], default: "true" }
          responses:
            "200":
              description: The figures of the page.
              content:
                application/json: { schema: { type: object } }
            "400": { $ref: "#/components/responses/Problem" }
            "429": { $ref: "#/components/responses/Later" }
      /metrics:
        get:
          operationId: metrics
          tags: [listings]
          summary: The figures for Prometheus.
          responses:
            "200":
              description: Prometheus' text format 0.0.4.
              content:
                text/plain: { schema: { type: string } }
            "429": { $ref: "#/components/responses/Later" }
      /healthz:
        get:
          operationId: health
          tags: [listings]
          summary: Whether this indexer serves.
          responses:
            "200":
              description: It does.
              content:
                text/plain: { schema: { type: string } }
            "429": { $ref: "#/components/responses/Later" }
            "503": { $ref: "#/components/responses/Later" }
      /openapi.yaml:
        get:
          operationId: document
          tags: [listings]
          summary: This document.
          responses:
            "200":
              description: OpenAPI 3.1.
              content:
                application/yaml: { schema: { type: object } }
            "429": { $ref: "#/components/responses/Later" }
      /:
        get:
          operationId: page
          tags: [listings]
          summary: The page for people.
          responses:
            "200":
              description: One HTML document that needs nothing else.
              content:
                text/html: { schema: { type: string } }
            "429": { $ref: "#/components/responses/Later" }
    components:
      securitySchemes:
        signature:
          type: apiKey
          in: header
          name: Signature
          description: With Signature-Input and Content-Digest, as identity.md says.
      parameters:
        host: { name: host, in: path, required: true, schema: { $ref: "#/components/schemas/Identifier" } }
        request: { name: request, in: path, required: true, schema: { $ref: "#/components/schemas/Identifier" } }
        session: { name: session, in: path, required: true, schema: { $ref: "#/components/schemas/Identifier" } }
      responses:
        Problem:
          description: Nothing was changed; `type` and `detail` say why.
          content:
            application/problem+json: { schema: { $ref: "#/components/schemas/Problem" } }
        Later:
          description: Not now.
          headers:
            Retry-After:
              description: Seconds.
              required: true
              schema: { type: integer, minimum: 1 }
          content:
            application/problem+json: { schema: { $ref: "#/components/schemas/Problem" } }
        Offer:
          description: A seat, reserved until `startBy`.
          content:
            application/json: { schema: { $ref: "#/components/schemas/SessionOffer" } }
        Queued:
          description: A place in the queue.
          content:
            application/json: { schema: { $ref: "#/components/schemas/QueuePlace" } }
      schemas:
        Identifier:
          description: 16 bytes in base64url.
          type: string
          pattern: "^[A-Za-z0-9_-]{21}[AQgw]$"
        Key:
          description: 32 bytes in base64url.
          type: string
          pattern: "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"
        GameName: { type: string, pattern: "^[a-z0-9-]{1,64}$" }
        Picture: { type: string, pattern: "^[0-9]{1,5}x[0-9]{1,5}$" }
        Endpoint:
          description: address:port
          type: string
          maxLength: 256
          pattern: "^[!-~]+:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$"
        Landmarks:
          description: Round trips in microseconds, as host:time, at most 8 of them.
          type: string
          pattern: "^[A-Za-z0-9_-]{21}[AQgw]:([0-9]{1,7}|10000000)(,[A-Za-z0-9_-]{21}[AQgw]:([0-9]{1,7}|10000000)){0,7}$"
        HostState: { type: string, enum: [standby, draining, silent, offline] }
        PerformanceClass:
          description: The picture that was shown to hold 60 fps; 0 less than 720p, 1 720p, 2 1080p, 3 1440p, 4 2160p.
          type: integer
          enum: [0, 1, 2, 3, 4]
        Seats: { type: integer, minimum: 0, maximum: 64 }
        Microseconds: { type: integer, minimum: 0, maximum: 10000000 }
        Place:
          type: object
          required: [latitude, longitude]
          properties:
            latitude: { type: number, minimum: -90, maximum: 90 }
            longitude: { type: number, minimum: -180, maximum: 180 }
        GameOffer:
          type: object
          required: [name, title, picture, maximumRate, warm]
          properties:
            name: { $ref: "#/components/schemas/GameName" }
            title: { type: string, maxLength: 64, pattern: "^[^\\x00-\\x1f\\x7f]*$" }
            picture: { $ref: "#/components/schemas/Picture" }
            maximumRate: { type: integer, minimum: 1, maximum: 240 }
            warm: { $ref: "#/components/schemas/Seats" }
        HostRegistration:
          type: object
          required: [endpoint, transportKey, games, capability, seats, price]
          properties:
            endpoint: { $ref: "#/components/schemas/Endpoint" }
            transportKey: { $ref: "#/components/schemas/Key" }
            games:
              description: Of games with the same name the first counts.
              type: array
              minItems: 1
              maxItems: 64
              items: { $ref: "#/components/schemas/GameOffer" }
            capability: { $ref: "#/components/schemas/HostCapability" }
            seats: { type: integer, minimum: 1, maximum: 64 }
            region: { type: [string, "null"], maxLength: 64, pattern: "^[^\\x00-\\x1f\\x7f]*$" }
            place: { oneOf: [{ $ref: "#/components/schemas/Place" }, { type: "null" }] }
            price:
              description: Millionths of a credit a minute.
              type: integer
              minimum: 0
              maximum: 4294967295
        HostCapability:
          type: object
          required: [encoders, cores, memoryMegabytes, performanceClass]
          properties:
            gpu: { type: [string, "null"], maxLength: 128, pattern: "^[^\\x00-\\x1f\\x7f]*$" }
            encoders:
              type: array
              maxItems: 16
              items:
                type: object
                required: [name, picture, framesPerSecond]
                properties:
                  name: { type: string, maxLength: 64, pattern: "^[^\\x00-\\x1f\\x7f]*$" }
                  picture: { $ref: "#/components/schemas/Picture" }
                  framesPerSecond: { type: number, minimum: 0, maximum: 100000 }
            cores: { type: integer, minimum: 1, maximum: 4096 }
            memoryMegabytes: { type: integer, minimum: 1, maximum: 1073741824 }
            performanceClass: { $ref: "#/components/schemas/PerformanceClass" }
        HostRegistered:
          type: object
          required: [host, epoch, heartbeatSeconds, indexers, keys]
          properties:
            host: { $ref: "#/components/schemas/Identifier" }
            epoch: { type: integer, minimum: 1 }
            heartbeatSeconds: { type: integer, minimum: 1 }
            indexers: { type: array, minItems: 1, items: { type: string } }
            keys: { type: string }
        Heartbeat:
          type: object
          required: [epoch, sequence, state, freeSeats, encoderLoad, games, sessions, ended, landmarks]
          properties:
            epoch: { type: integer, minimum: -9223372036854775808, maximum: 9223372036854775807 }
            sequence: { type: integer, minimum: 0, maximum: 18446744073709551615 }
            state: { type: string, enum: [standby, draining] }
            freeSeats: { $ref: "#/components/schemas/Seats" }
            encoderLoad: { type: number, minimum: 0, maximum: 1 }
            gpuLoad: { type: [number, "null"], minimum: 0, maximum: 1 }
            games:
              type: array
              maxItems: 64
              items:
                type: object
                required: [name, warm]
                properties:
                  name: { type: string }
                  warm: { $ref: "#/components/schemas/Seats" }
            sessions: { type: array, maxItems: 64, items: { $ref: "#/components/schemas/Identifier" } }
            ended:
              type: array
              maxItems: 256
              items:
                type: object
                required: [session, reason]
                properties:
                  session: { $ref: "#/components/schemas/Identifier" }
                  reason: { type: string, maxLength: 200, pattern: "^[^\\x00-\\x1f\\x7f]*$" }
            landmarks: { anyOf: [{ $ref: "#/components/schemas/Landmarks" }, { type: string, maxLength: 0 }] }
        HostMessage:
          description: One line of a host's stream.
          oneOf:
            - type: object
              required: [prepare]
              properties:
                prepare:
                  type: object
                  required: [session, game, startBy]
                  properties:
                    session: { $ref: "#/components/schemas/Identifier" }
                    game: { $ref: "#/components/schemas/GameName" }
                    picture: { $ref: "#/components/schemas/Picture" }
                    startBy: { type: integer }
            - { type: object, required: [release], properties: { release: { $ref: "#/components/schemas/Identifier" } } }
            - { type: object, required: [keys], properties: { keys: { type: string } } }
            - { type: object, required: [alive], properties: { alive: { type: object } } }
            - { type: object, required: [goodbye], properties: { goodbye: { type: object } } }
        DrainOrder:
          type: object
          required: [drains]
          properties:
            drains: { type: boolean }
        HostEndpoint:
          type: object
          required: [host, endpoint, transportKey]
          properties:
            host: { $ref: "#/components/schemas/Identifier" }
            endpoint: { $ref: "#/components/schemas/Endpoint" }
            transportKey: { $ref: "#/components/schemas/Key" }
        HostList:
          type: object
          required: [hosts]
          properties:
            hosts:
              type: array
              maxItems: 64
              items:
                type: object
                required: [endpoint, state, freeSeats, seats, price, performanceClass, games]
                properties:
                  endpoint: { $ref: "#/components/schemas/HostEndpoint" }
                  estimatedRoundTripMicroseconds: { type: integer, minimum: 0 }
                  place: { $ref: "#/components/schemas/Place" }
                  region: { type: string }
                  state: { $ref: "#/components/schemas/HostState" }
                  freeSeats: { $ref: "#/components/schemas/Seats" }
                  seats: { $ref: "#/components/schemas/Seats" }
                  price: { type: integer, minimum: 0 }
                  performanceClass: { $ref: "#/components/schemas/PerformanceClass" }
                  games: { type: array, items: { $ref: "#/components/schemas/GameOffer" } }
        LandmarkList:
          type: object
          required: [landmarks]
          properties:
            landmarks: { type: array, maxItems: 8, items: { $ref: "#/components/schemas/HostEndpoint" } }
        GameList:
          type: object
          required: [games]
          properties:
            games:
              type: array
              maxItems: 1000
              items:
                type: object
                required: [name, title, hosts, freeSeats, warm]
                properties:
                  name: { $ref: "#/components/schemas/GameName" }
                  title: { type: string }
                  hosts: { type: integer, minimum: 1 }
                  freeSeats: { type: integer, minimum: 0 }
                  warm: { type: integer, minimum: 0 }
        Keys:
          type: object
          required: [keys]
          properties:
            keys: { type: string }
        SessionOrder:
          type: object
          required: [request, game, transportKey, avoid, probes, waits]
          properties:
            request: { $ref: "#/components/schemas/Identifier" }
            game: { $ref: "#/components/schemas/GameName" }
            transportKey: { $ref: "#/components/schemas/Key" }
            picture: { oneOf: [{ $ref: "#/components/schemas/Picture" }, { type: "null" }] }
            minimumClass: { oneOf: [{ $ref: "#/components/schemas/PerformanceClass" }, { type: "null" }] }
            maximumPrice: { type: [integer, "null"], minimum: 0, maximum: 4294967295 }
            avoid: { type: array, maxItems: 32, items: { $ref: "#/components/schemas/Identifier" } }
            place: { oneOf: [{ $ref: "#/components/schemas/Place" }, { type: "null" }] }
            landmarks: { oneOf: [{ $ref: "#/components/schemas/Landmarks" }, { type: "null" }] }
            probes:
              type: array
              maxItems: 16
              items:
                type: object
                required: [host, roundTripMicroseconds, jitterMicroseconds]
                properties:
                  host: { $ref: "#/components/schemas/Identifier" }
                  roundTripMicroseconds: { $ref: "#/components/schemas/Microseconds" }
                  jitterMicroseconds: { $ref: "#/components/schemas/Microseconds" }
            waits: { type: boolean }
        QueueOrder:
          type: object
          required: [queueTicket, order]
          properties:
            queueTicket: { type: string }
            order: { $ref: "#/components/schemas/SessionOrder" }
        SessionOffer:
          type: object
          required: [session, game, host, ticket, startBy, leaseSeconds, isWarm, matchMicroseconds]
          properties:
            session: { $ref: "#/components/schemas/Identifier" }
            game: { $ref: "#/components/schemas/GameName" }
            host: { $ref: "#/components/schemas/HostEndpoint" }
            ticket: { description: An EdDSA JWT., type: string, maxLength: 512 }
            startBy: { description: Seconds since 1970., type: integer }
            leaseSeconds: { type: integer, minimum: 1 }
            alternate: { $ref: "#/components/schemas/HostEndpoint" }
            isWarm: { type: boolean }
            matchMicroseconds: { type: integer, minimum: 0 }
        QueuePlace:
          type: object
          required: [queueTicket, position]
          properties:
            queueTicket: { type: string, maxLength: 512 }
            position: { type: integer, minimum: 1 }
            estimateSeconds: { type: integer, minimum: 1 }
        SessionStart:
          type: object
          required: [ticketMicroseconds, firstPacketMicroseconds, firstFrameMicroseconds]
          properties:
            ticketMicroseconds: { type: integer, minimum: 0, maximum: 3600000000 }
            firstPacketMicroseconds: { type: integer, minimum: 0, maximum: 3600000000 }
            firstFrameMicroseconds: { type: integer, minimum: 0, maximum: 3600000000 }
        SessionRenewed:
          type: object
          required: [leaseSeconds]
          properties:
            leaseSeconds: { type: integer, minimum: 1 }
        DecisionRecord:
          type: object
          required: [version, request, shortlist, policy, seed]
          properties:
            version: { type: integer }
            request: { type: object }
            shortlist: { type: array, maxItems: 16, items: { type: object } }
            policy: { type: object }
            seed: { type: integer, minimum: 0 }
            capMicroseconds: { type: integer }
            chosen: { $ref: "#/components/schemas/Identifier" }
            alternate: { $ref: "#/components/schemas/Identifier" }
        Problem:
          type: object
          required: [type, title, status, detail]
          properties:
            type: { type: string, pattern: "^urn:martlet:problem:[a-z-]+$" }
            title: { type: string }
            status: { type: integer, minimum: 400, maximum: 599 }
            detail: { type: string }

    """#
}
