### Lo que socklab dice en castellano. Cada clave y cada argumento están también en en.ftl: la compilación los compara.
### Las claves que empiezan con `help-` son la ayuda de la línea de órdenes, una por cada orden y argumento.

## Fallas

hint = sugerencia: { $text }
failure-system = { $operation } { $object }: { $cause }
failure-internal = error interno: { $detail }
failure-supervise = supervise no se escribe: un servidor lo inicia para cada orden de un cliente
object-stdout = la salida estándar
object-random = bytes al azar

hint-report = es una falla del propio socklab: conviene informarla junto con la orden ejecutada
hint-see-help = ver '{ $command }'
hint-did-you-mean = ¿será { $suggestion }?
hint-possible-values = valores posibles: { $values }
hint-possible-commands = órdenes posibles: { $commands }

## Una línea de órdenes equivocada

usage-unknown-argument = argumento desconocido '{ $argument }'
usage-unknown-command = orden desconocida '{ $command }'
usage-missing-command = falta una orden
usage-missing-argument = falta: { $arguments }
usage-missing-value = falta un valor para '{ $argument }'
usage-unknown-value = '{ $value }' no es un valor de '{ $argument }'
usage-wrong-value = valor incorrecto '{ $value }' para '{ $argument }': { $reason }
usage-too-many-values = '{ $value }' es un valor de más para '{ $argument }'
usage-no-equals = el valor de '{ $argument }' lleva un signo igual delante
usage-repeated = '{ $argument }' puede darse una sola vez
usage-conflict = '{ $argument }' no puede usarse junto con '{ $other }'
usage-udp-only = '{ $argument }' puede usarse solo por UDP
usage-not-utf8 = un argumento no es UTF-8 válido
usage-other = no se entiende la línea de órdenes

value-time = no es un tiempo
value-time-range = un tiempo debe ser mayor que cero y de 24h como máximo
value-size = no es un tamaño
value-size-range = fuera de los límites de este tamaño
value-whole = no es un número entero dentro de sus límites
value-target = no es un equipo y un puerto
value-local = no es un equipo, con puerto o sin él
value-source = no es una dirección IP, con puerto o sin él
value-address = no es una dirección IP
value-prefix = no es una red: la longitud del prefijo es incorrecta
value-pause = no es una llamada y un tiempo
value-call = no es una llamada que pueda pausarse aquí
value-delimiter = no es un delimitador
value-key-name = no es el nombre de una clave
value-grants = no es una lista de permisos
value-commands = no es una lista de órdenes
value-program-name = no es el nombre de un programa
value-after = no es listening, ni ended, ni un tiempo
value-exercise = no es un ejercicio de la práctica
value-sysctl = no es un ajuste de la red

hint-udp-only = quitarlo: TCP mismo envía de nuevo lo que se pierde, y sus sockets siempre se conectan
hint-time = escribir un número con ms, s, m o h, como 500ms, 2s o 1.5m
hint-size = escribir una cantidad de bytes, o una con k, M, G o T (potencias de 1024), como 64k
hint-size-range = escribir un tamaño de 1 a { $max } bytes
hint-whole = escribir un número entero de { $min } a { $max }
hint-target = escribir HOST:PUERTO, [IPV6]:PUERTO o :PUERTO, como localhost:3500
hint-local = escribir HOST o HOST:PUERTO, y una dirección IPv6 con puerto entre corchetes: [::1]:3500
hint-source = escribir una dirección como 127.0.0.2, 127.0.0.2:4000 o [::1]:4000
hint-address = escribir una dirección como 192.168.0.10, una red como 10.0.0.0/8 o un archivo como ./NOMBRE
hint-prefix = escribir una longitud de prefijo de 0 a { $max } después de la barra, como 10.0.0.0/8
hint-pause = escribir LLAMADA=TIEMPO, como recv=2s o after-send=500ms
hint-delimiter = escribir de 1 a { $max } bytes; \n, \r, \t, \0, \\ y \xHH valen por un byte cada uno
hint-calls = las llamadas son { $calls }, con before- (antes) o after- (después) delante si se quiere
hint-key-name = escribir de 1 a { $max } letras sin acentos, dígitos, -, _ o .
hint-grants = escribir uno o más de text, file, chat, stop y exec, con comas y sin espacios
hint-commands = escribir a lo sumo { $max } nombres o rutas, con comas y sin espacios, como uptime,/bin/date; * solo es cualquier orden
hint-program-name = escribir de 1 a { $max } bytes que se puedan mostrar, sin empezar con -
hint-after = escribir listening, ended, o un tiempo como 2s; 0s es enseguida
hint-exercise = escribir un número de la práctica, como 1.3 o 2.5.1; ver 'socklab lab list'
hint-lab-report = dar un directorio que exista o se pueda crear
hint-sysctl = escribir net.NOMBRE=VALOR, como net.ipv4.tcp_abort_on_overflow=1; 'sysctl net' muestra los nombres

## Errores del sistema operativo

errno-unknown = error { $number }
errno-explained = { $name } - { $meaning }
errno-none = { $error }
errno-not-text = no es texto en UTF-8
errno-perm = el sistema no lo permite
errno-noent = no existe
errno-srch = no hay tal proceso
errno-intr = una señal lo interrumpió
errno-io = falló el dispositivo
errno-badf = el descriptor de archivo no está abierto
errno-again = no es posible en este momento
errno-nomem = al sistema no le queda memoria para hacerlo
errno-acces = falta el permiso
errno-fault = el programa no tiene esa dirección de memoria
errno-exist = ya existe
errno-nodev = no hay tal dispositivo
errno-notdir = una parte de la ruta no es un directorio
errno-isdir = es un directorio
errno-inval = el sistema no acepta estos valores
errno-nfile = al sistema no le quedan descriptores de archivo
errno-mfile = a este proceso no le quedan descriptores de archivo
errno-fbig = es demasiado largo
errno-nospc = no queda espacio en el dispositivo
errno-rofs = el sistema de archivos es de solo lectura
errno-pipe = el otro extremo ya no lee
errno-notsock = el descriptor de archivo no es un socket
errno-destaddrreq = el socket no tiene con quién hablar y no se nombró a nadie
errno-msgsize = el mensaje es demasiado largo para un datagrama
errno-noprotoopt = el protocolo no tiene esa opción
errno-protonosupport = el sistema no tiene ese protocolo
errno-opnotsupp = esta clase de socket no puede hacerlo
errno-afnosupport = el sistema no tiene esa familia de direcciones
errno-addrinuse = otro socket ocupa esa dirección y ese puerto
errno-addrnotavail = esta máquina no tiene esa dirección
errno-netdown = la red está caída
errno-netunreach = no hay ruta hacia esa red
errno-connaborted = la conexión se abandonó antes de ser aceptada
errno-connreset = el otro extremo cortó la conexión
errno-nobufs = al sistema no le quedan búferes para hacerlo
errno-isconn = el socket ya está conectado
errno-notconn = el socket no está conectado
errno-timedout = nadie respondió a tiempo
errno-connrefused = nadie escucha allí
errno-hostdown = ese equipo está caído
errno-hostunreach = no hay ruta hacia ese equipo
errno-already = ya se está haciendo
errno-inprogress = comenzó y todavía no termina

## socklab echo, lo que cuenta

echo-listening = Socket creado, escuchando en { $address }
echo-waiting = Esperando clientes...
echo-client = Conexion desde: { $peer }
echo-truncated = { "  " }un datagrama de { $whole } bytes se truncó a { $kept }: el búfer es chico y { $lost } bytes se perdieron (MSG_TRUNC)
echo-option = { $option } ({ $transport }): se pidió { $asked }, el núcleo puso { $kernel }
echo-closed = Terminó la conexión { $number } con { $peer }: { $reason }; { $bytes ->
    [one] 1 byte devuelto
   *[other] { $bytes } bytes devueltos
}
echo-closed-peer = la cerró el cliente
echo-closed-reset = el cliente la cortó (RST) o desapareció
echo-closed-idle = inactiva demasiado tiempo
echo-closed-stopped = este servidor termina
echo-closed-gave-up = este servidor termina y el cliente no leyó lo que se le envió
echo-closed-taught = un recv(), un send(), como en la práctica
echo-refused-udp = Rechazado: { $peer } (udp), { $rule }; se ignora su datagrama
echo-refused-tcp = Rechazado: { $peer } (tcp), { $rule }; el núcleo completó el saludo inicial (handshake) antes de consultar a este programa, así que se lo corta (RST)
echo-rule-denied = lo deniega { $rule }
echo-rule-not-allowed = ninguna regla lo permite
echo-rule-connections-max = ya hay { $max } conexiones abiertas, las que admite --max-conns
echo-address-skipped = { $local } ({ $transport }) queda afuera: { $cause }
echo-too-few-files = este proceso puede tener { $limit } archivos abiertos y harían falta { $wanted } para tantas conexiones como admite --max-conns
echo-accept-stalled = por ahora no se puede aceptar ninguna conexión: { $cause }; las que esperan quedan en la cola de aceptación y las demás se atienden
echo-accept-resumed = se vuelven a aceptar conexiones
echo-send-failed = no se pudo enviar una respuesta de { $bytes } bytes a { $peer }: { $cause }
echo-storm-stopped = { $peer } también es un servidor de eco: se lo ignora, para que no se respondan uno al otro sin fin
echo-access-reloaded = reglas leídas de nuevo: { $rules ->
    [one] rige una regla
   *[other] rigen { $rules } reglas
}
echo-access-reload-failed = siguen rigiendo las reglas anteriores: { $cause }
echo-stopping = terminando: ya no se acepta nada; { $connections ->
    [one] hay una conexión abierta
   *[other] hay { $connections } conexiones abiertas
}
echo-lost = { $events ->
    [one] un evento no se mostró porque llegó
   *[other] { $events } eventos no se mostraron porque llegaron
} demasiado rápido; lo que cuentan se hizo
echo-summary-tcp = tcp: { $connections ->
    [one] una conexión
   *[other] { $connections } conexiones
}, { $received ->
    [one] 1 byte
   *[other] { $received } bytes
} de entrada, { $sent } de salida
echo-summary-udp = udp: { $datagrams ->
    [one] un datagrama
   *[other] { $datagrams } datagramas
} de entrada, { $replies } de salida
echo-summary-truncated = { $count ->
    [one] 1 truncado por el búfer
   *[other] { $count } truncados por el búfer
}
echo-summary-refused = { $count ->
    [one] 1 rechazado
   *[other] { $count } rechazados
}
echo-summary-storm = { $count ->
    [one] 1 de otro servidor de eco, ignorado
   *[other] { $count } de otros servidores de eco, ignorados
}
echo-summary-send-failed = { $count ->
    [one] 1 respuesta sin enviar
   *[other] { $count } respuestas sin enviar
}
echo-summary-resets = { $count ->
    [one] 1 cortada por el cliente
   *[other] { $count } cortadas por el cliente
}
echo-summary-nobody = no vino nadie
echo-engine-steered = cada uno de { $workers } hilos de trabajo tiene sockets propios, para lo que recibe su procesador
echo-engine-shared = { $workers ->
    [one] un hilo de trabajo tiene todos los sockets
   *[other] { $workers } hilos de trabajo comparten los sockets
}: { $reason }
echo-engine-asked = así se pidió
echo-engine-one-worker = no hay con quién compartir
echo-engine-stated-queue = se pidió una cola de una longitud dada, y esa es una sola
echo-engine-other-workers = no hay uno por procesador
echo-engine-unlocked = a esta máquina le falta IPv6 o IPv4, y sin ambas otro programa podría sumarse a los sockets propios
echo-engine-as-taught = como en la práctica
echo-engine-spin = antes de dormir, un hilo de trabajo busca trabajo durante { $spin } µs: despertar uno cuesta aquí { $cost } µs
echo-engine-spin-adaptive = mientras convenga
echo-engine-spin-always = cada vez, como se pidió
echo-engine-no-spin = un hilo de trabajo duerme en cuanto no tiene trabajo: { $reason }
echo-engine-one-processor = esta máquina tiene un procesador
echo-engine-unhurried = hay pausas que respetar
echo-engine-worker = hilo de trabajo { $number }: { $connections ->
    [one] una conexión abierta
   *[other] { $connections } conexiones abiertas
}, durmió { $sleeps } veces
echo-engine-looks = buscó trabajo { $looks } veces y lo encontró { $found }, desistió { $vain } veces porque no llegaba nada y { $disturbed } porque otros querían el procesador
echo-engine-cpu = procesador { $cpu }, { $worker }
echo-no-address = no hay ninguna dirección donde escuchar
object-server = el servidor
call-recv = recv: pedidos { $asked }, tomados { $took }
call-send = send: pedidos { $asked }, tomados { $took }

access-line = { $file }:{ $line }: { $cause }
access-network = '{ $text }' no es una dirección ni una red
access-prefix = '{ $text }': el prefijo tiene más de { $max } bits
access-too-many = { $file } es demasiado grande: { $rules } reglas y { $bytes } bytes como máximo

resolve-unknown = el nombre '{ $host }' no tiene dirección aquí
resolve-family = { $flag } pide { $family }, y '{ $host }' no tiene dirección de esa familia

hint-address-in-use = ver quién lo ocupa con 'socklab sockets --port { $port }', o elegir otro puerto con --port
hint-address-not-available = escuchar en una dirección de esta máquina; 'ip address' las muestra
hint-port-privileged = los puertos menores que 1024 requieren un privilegio; elegir uno más alto con --port
hint-open-files = este proceso puede tener { $max } archivos abiertos; el límite se sube con 'ulimit -n', o con LimitNOFILE= en systemd
hint-rule-file = el archivo debe existir y poder leerse; en su lugar puede darse una dirección o una red, como 10.0.0.0/8
hint-rule-line = escribir una dirección o una red por línea, como 192.168.0.10 o 10.0.0.0/8; # inicia un comentario
hint-resolve-family = quitar { $flag }, o dar una dirección { $family }
hint-resolve = revisar cómo está escrito, o dar la dirección misma, como 127.0.0.1:3500

## socklab ask, lo que cuenta

ask-reply-udp = -->{ " " }
ask-reply-tcp = Recibido:{ " " }
ask-connected = conectado desde { $local } con { $peer } en { $time }
ask-option = { $option }: se pidió { $asked }, el núcleo puso { $kernel }
ask-retry = sin respuesta: se envía de nuevo, intento { $number }
ask-stray = se ignora un datagrama de { $bytes } bytes de { $peer }, a quien no se preguntó
ask-next-address = { $failed }: { $cause }; se prueba con { $next }
ask-no-answer = sin respuesta al pedido de conexión (SYN)
ask-holding = la respuesta está completa; el socket queda abierto
ask-too-many-datagrams = el mensaje necesitaría { $pieces } datagramas
ask-no-address = no hay a quién preguntar
verdict-echo = respondido: { $bytes ->
    [one] 1 byte, el mismo que se envió,
   *[other] { $bytes } bytes, los mismos que se enviaron,
} de { $peer } en { $time }
verdict-replied = respondido: { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} de { $peer } en { $time }
verdict-silent = silencio: se esperó { $awaited } de { $peer } durante { $time }
verdict-refused = rechazado: { $peer } después de { $time }: { $cause }
verdict-denied = denegado: { $peer } después de { $time }: { $cause }
verdict-reset = cortado: { $peer } cortó la conexión (RST) después de { $time }; habían vuelto { $received } de { $whole } bytes ({ $cause })
verdict-closed-early = cerrado antes de tiempo: { $peer } terminó la conexión sin responder, después de { $time }
verdict-truncated = truncado: { $cut } ({ $peer }, { $time })
verdict-cut-recv-udp = { $kept } de { $whole } bytes recibidos; el búfer de este lado truncó el datagrama y el resto se perdió (MSG_TRUNC)
verdict-cut-recv-tcp = { $kept } de { $whole } bytes recibidos, porque recv() se llamó una sola vez
verdict-cut-peer = volvieron { $kept } de { $whole } bytes; el resto se perdió del otro lado
verdict-cut-send = { $kept } de { $whole } bytes enviados; nadie envió el resto
verdict-interrupted = interrumpido: se esperó { $awaited } de { $peer } durante { $time }
stage-handshake = la respuesta al pedido de conexión (SYN)
stage-send = lugar para enviar
stage-reply = una respuesta
stage-rest = el resto de la respuesta, tras { $received } bytes,
refusal-icmp = ICMP tipo { $kind } código { $code } ({ $name }) de { $offender }, que cita { $bytes } bytes enviados a { $destination }
tally = { $asked } preguntas: { $verdicts }
tally-replied = { $count } con respuesta
tally-silent = { $count } con silencio
tally-refused = { $count } rechazadas
tally-denied = { $count } denegadas
tally-reset = { $count } cortadas
tally-closed-early = { $count } cerradas antes de tiempo
tally-truncated = { $count } truncadas
tally-interrupted = { $count } interrumpidas
object-stdin = la entrada estándar
message-awaited = se lee el mensaje de la entrada estándar; Ctrl-D lo termina
message-too-long = el mensaje tiene más de { $max } bytes

hint-start-server = allí ningún programa tiene ese puerto; se inicia uno con 'socklab echo { $transport } --port { $port }'
hint-no-route = nadie conoce un camino hasta allí, o el equipo está apagado: 'ip route get { $address }' muestra el que tomaría el núcleo
hint-forbidden-here = lo prohíbe un cortafuegos de esta máquina o una ruta, o es una dirección de difusión (broadcast): 'ip route get { $address }' y 'nft list ruleset' lo muestran
hint-unconnected = sin --connect se ve el mensaje ICMP mismo: quién lo envió y de qué datagrama habla
hint-silent-handshake = el equipo está apagado, un cortafuegos descarta paquetes o la cola de aceptación está llena: la muestra 'socklab sockets --port { $port }' en el servidor
hint-silent-udp = el servidor lo recibió y no contestó (quizás por una lista de permitidos), o se perdió el datagrama o su respuesta; --tries 3 pregunta de nuevo
hint-silent-udp-tried = el servidor lo recibió y no contestó (quizás por una lista de permitidos), o se perdieron todos los datagramas o sus respuestas
hint-silent-tcp = la conexión existe y el servidor no dice nada: puede estar ocupado con otro cliente, o esperar algo más
hint-taught-udp = recvfrom() sin plazo espera para siempre, y a un socket sin conectar no se le informan los rechazos; sin --as-taught se ven los dos
hint-closed = un servidor que no quiere a un cliente solo puede decirlo después del saludo inicial: mirar su lista de permitidos y su registro; si toma el fin del mensaje por el fin de la charla, como puede hacer ncat -e, hace falta --no-shutdown
hint-reset = un servidor que cierra con bytes sin leer envía RST en lugar de FIN: quizás un solo recv() fue poco
hint-cut-recv-udp = con un --buffer mayor entra más; el próximo recv() trae el próximo datagrama, nunca el resto de este
hint-cut-recv-tcp = un recv() toma lo que llegó, hasta lo que pide; llamarlo otra vez hasta completar el mensaje
hint-cut-peer-udp = el búfer del servidor es más chico que el datagrama
hint-cut-peer-tcp = el recv() del servidor tomó menos de lo que se envió; debe llamarlo otra vez hasta completar el mensaje
hint-cut-send = un send() puede tomar menos de lo que se le da; sendall() lo llama otra vez por el resto, como este programa sin --no-loop
hint-message-size = un datagrama lleva 65507 bytes como máximo por IPv4; --send-size envía varios
hint-send-size = elegir un --send-size mayor
hint-source-not-here = enviar desde una dirección de esta máquina; 'ip address' las muestra
hint-message-file = el archivo debe existir y poder leerse; - es la entrada estándar
hint-source-family = la dirección de --source es de otra familia que las del servidor

## socklab send --how y serve --how, lo que cuentan

ways-kind-text = texto
ways-kind-file = archivo
ways-kind-unknown = elemento sin clase conocida
ways-kind-other = elemento de tipo { $number }
ways-item = { $kind }, { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}, sha256 { $sha256 }
ways-listening = Socket creado, escuchando en { $address }, manera: { $way }
ways-connected = #{ $connection } Conexion desde: { $peer }
ways-received = #{ $connection } Recibido { $number }: { $item }
ways-received-pair = #{ $connection } Recibido, para el par { $pair }: { $item }
ways-closed = #{ $connection } Terminó: { $items ->
    [one] un elemento
   *[other] { $items } elementos
} en { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}
ways-unfinished = { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} de un elemento que no llegó a completarse
ways-refused = Rechazado: se corta a { $peer } (RST), porque ya hay { $max } conexiones abiertas
ways-stopping = terminando: ya no se acepta nada
ways-summary = { $connections ->
    [one] una conexión
   *[other] { $connections } conexiones
}, { $items ->
    [one] un elemento
   *[other] { $items } elementos
}, { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}
ways-summary-faults = { $count } con alguna falla
ways-connected-to = conectado desde { $local } con { $peer }
ways-sent = Enviado { $number }: { $item } ({ $bytes } por la red)
ways-arrived = Llegó { $number }: { $item }
ways-arrived-pair = Llegó, para el par { $pair }: { $item }
ways-held = { $sent ->
    [one] se envió 1 elemento
   *[other] se enviaron { $sent } elementos
}, { $arrived ->
    [one] llegó 1
   *[other] llegaron { $arrived }
}: INTACTO: { $why }
ways-broken = { $sent ->
    [one] se envió 1 elemento
   *[other] se enviaron { $sent } elementos
}, { $arrived ->
    [one] llegó 1
   *[other] llegaron { $arrived }
}: ROTO: { $why }
ways-unconfirmed = { $sent ->
    [one] se envió 1 elemento
   *[other] se enviaron { $sent } elementos
}: SIN CONFIRMAR: el receptor no dijo qué llegó
ways-reset = cortado: { $peer } cortó la conexión (RST) después de { $time } ({ $cause })
ways-silent = silencio: se esperó a { $peer }, { $time } en total
ways-interrupted = interrumpido después de { $time }
ways-held-delimiter = ningún elemento contiene el delimitador; si alguno lo tuviera, nada lo protegería
ways-held-length = cada longitud dice dónde termina su elemento, sean cuales sean los bytes; qué es, el receptor debe saberlo
ways-held-tlv = tipo y longitud dicen qué es cada elemento y dónde termina, sean cuales sean los bytes
ways-held-two-connections = cada conexión llevó un elemento y ningún otro cliente se metió entre las dos: el receptor las empareja por la dirección
ways-held-close = un solo elemento termina donde termina la conexión
ways-held-recv = cada elemento llegó en un recv({ $bytes }) para él solo: es suerte, porque TCP no conserva límites
ways-broken-delimiter = el elemento { $item } contiene el delimitador en el byte { $at }, y allí lo termina el receptor
ways-broken-boundary = solo está marcado el fin de una conexión: nada dice dónde termina un elemento y empieza el siguiente
ways-broken-mixed = el receptor juntó estas conexiones con las de otro cliente: para emparejarlas solo tiene la dirección
ways-broken-recv = el receptor tomó por un elemento lo que trajo un recv({ $bytes }); TCP no conserva límites, así que hay que llamar a recv() hasta completarlo
ways-broken-fault = el receptor halló una falla: { $fault }
ways-broken-altered = el receptor tiene otros elementos: quizás recibe de otra manera, o con otro delimitador
ways-fault-cut = el flujo terminó en medio de un elemento
ways-fault-reset = la conexión fue cortada (RST)
ways-fault-idle = pasó demasiado tiempo sin un byte
ways-fault-slow = la transferencia duró demasiado
ways-fault-too-long = un elemento es demasiado largo, o dice que lo será
ways-fault-too-many = demasiados elementos
ways-fault-name = un nombre que ningún archivo puede tener
ways-fault-unread = llegaron más bytes después del último recv(), y nadie los tomó
ways-fault-stopped = el receptor termina
ways-delimiter-alone = '{ $argument }' puede usarse solo con --how delimiter
ways-too-many = pueden enviarse { $max } elementos por vez como máximo
ways-too-long = { $what } es demasiado largo: un elemento tiene { $max } bytes como máximo
ways-no-key = las maneras de --how no tienen sesión: --key y --udp no se pueden usar con ellas
ways-needs-both = { $way } necesita un texto y un archivo: cada uno tiene su propia conexión

hint-delimiter-alone = quitarlo, o elegir --how delimiter
hint-unconfirmed = comparar los sha256 de arriba con lo que tiene, o recibir con 'socklab serve --how { $way }'
hint-start-receiver = allí ningún programa tiene ese puerto; se inicia uno con 'socklab serve --how { $way } --port { $port }'
hint-silent-receiver = puede estar esperando algo más, o no terminar su lado de la conexión: 'socklab serve' lo termina después del último elemento
hint-way-that-holds = --how tlv aguanta cualquier byte, y --how length también si el receptor sabe qué llega

## socklab chat, lo que cuenta

chat-listening = escuchando en { $address } ({ $transport })
chat-connected-tcp = conectado con { $peer }
chat-connected-udp = se habla con { $peer }, a quien nadie preguntó si está: UDP no lo hace
chat-how-to-end = termina con /quit o Ctrl-D
chat-came = llegó { $peer }
chat-left-ended = se fue { $peer }
chat-left-reset = ya no está { $peer }: { $cause }
chat-left-idle = { $peer } no dijo nada por demasiado tiempo: se da por ido
chat-left-slow = { $peer } no lee, y demasiado lo espera: se corta la conexión (RST)
chat-left-unreachable = { $peer } ya no está allí
chat-unheard = no hay nadie: eso nadie lo oyó
chat-not-sent = no se pudo enviar { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} a { $peer }: { $cause }
chat-too-long = eso es demasiado largo para un datagrama y no se envió: { $max } bytes como máximo
chat-too-much-typed = se escribió demasiado de una vez: una línea no se envió
chat-nothing-sent = un mensaje vacío no envía nada por TCP, y el otro extremo sigue esperando: hay que decir otra cosa
chat-empty-datagram = (un datagrama vacío de { $peer })
chat-lost = ({ $bytes ->
    [one] se perdió 1 byte
   *[other] se perdieron { $bytes } bytes
} de ese datagrama: el búfer lo truncó, MSG_TRUNC)
chat-line-cut = ({ $bytes ->
    [one] 1 byte más de esa línea no se muestra
   *[other] { $bytes } bytes más de esa línea no se muestran
})
chat-flooded = { $peer } dice más de lo que los otros pueden leer: { $datagrams ->
    [one] quedó afuera un datagrama
   *[other] quedaron afuera { $datagrams } datagramas
}
chat-stray = { $peer } no participa: se ignora un datagrama de { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}
chat-refused = no se dejó entrar a { $peer }: { $rule }
chat-rule-full = ya hay { $max } participantes, los que admite un chat
chat-unreachable = no se llegó a { $peer }: { $cause }
chat-turn-here = es su turno
chat-turn-peer = se espera al otro extremo: lo que se escriba ahora todavía no se lee
chat-joined-tcp = un solo recv() trajo { $lines } líneas: por TCP no separa los mensajes
chat-joined-udp = un datagrama traía { $lines } líneas
chat-cut = un recv() tomó { $bytes } bytes, y { $waiting ->
    [one] 1 byte espera
   *[other] { $waiting } bytes esperan
} al próximo: por TCP un mensaje puede llegar por partes
chat-end-silent = silencio: nadie respondió a tiempo
chat-end-refused = rechazado: { $cause }
chat-end-denied = denegado: { $cause }
chat-end-reset = cortado: { $cause }

hint-start-chat = allí ningún programa tiene ese puerto; se espera a alguien con 'socklab chat { $transport } :{ $port } --listen'
hint-chat-port = ver quién lo ocupa con 'socklab sockets --port { $port }', o elegir otro puerto, como :{ $other }
hint-listen-only = solo quien escucha deja entrar a alguien
hint-any-port = --any lleva solo un puerto, como ':3500 --any'

## socklab sockets, lo que muestra

sockets-protocol = Proto
sockets-state = Estado
sockets-local = Local
sockets-peer = Otro extremo
sockets-recv-queue = Recv-Q
sockets-send-queue = Send-Q
sockets-drops = Perdidos
sockets-user = Usuario
sockets-program = PID/Programa
sockets-command-line = Línea de órdenes

sockets-more-processes = (y { $count } más)
sockets-handshake = (el saludo inicial no terminó: todavía no hay socket)
sockets-not-accepted = (espera en la cola hasta que accept() la tome)
sockets-closed = (cerrado por su programa: el núcleo hace el resto)
sockets-time-wait = (terminó: sus direcciones siguen reservadas)
sockets-hidden-process = (un proceso de otro usuario: root lo vería)
sockets-not-seen = (ningún proceso visto: cerrado mientras tanto, o fuera de este /proc)

sockets-none = ningún socket coincide
sockets-queue-note = Recv-Q de LISTEN: conexiones que esperan accept() / límite dado a listen()
sockets-full-note = ! la cola está llena: tiene límite + 1, y nadie más entra
sockets-drops-note = Perdidos: datagramas (udp) o intentos de conexión (tcp) que no hallaron lugar
sockets-dual-note = tcp46, udp46: un socket IPv6 que también atiende IPv4
sockets-hidden-note = { $count ->
    [one] 1 socket pertenece a un proceso de otro usuario; root lo mostraría
   *[other] { $count } sockets pertenecen a procesos de otros usuarios; root los mostraría
 }
sockets-left-out-note = { $count ->
    [one] 1 socket queda fuera: su proceso es de otro usuario, y root diría si coincide
   *[other] { $count } sockets quedan fuera: sus procesos son de otros usuarios, y root diría si coinciden
 }

sockets-log-begins = { $count ->
    [one] se observa 1 socket, y los nuevos, cada { $pace }; termina con Ctrl-C
   *[other] se observan { $count } sockets, y los nuevos, cada { $pace }; termina con Ctrl-C
 }
sockets-screen-head = Cada { $pace }:  + nuevo  ~ cambió  - ya no está        Ctrl-C termina
sockets-screen-is-short = … { $count } líneas más; se ven con una ventana más alta o con un filtro
sockets-no-such-state = ningún socket { $protocol } tiene ese estado

hint-sock-diag = un entorno aislado o un contenedor prohíbe sock_diag(7); ejecutar socklab fuera de él
hint-diag-module = cargar el módulo del núcleo: sudo modprobe { $module }
hint-proc = /proc debe estar montado y ser legible: ver proc(5)
hint-try-again = el sistema está ocupado: intentar otra vez

## socklab key, lo que cuenta

key-made = Clave { $name } creada, identificador { $id }; a quien la tiene le permite: { $grants }
key-client-file = { $file }: para el cliente. Contiene el secreto: llevarlo allí por una vía que nadie más pueda leer, como scp
key-list-file = { $list }: para el servidor. También contiene los secretos; { $keys ->
    [one] esta es su única clave
   *[other] ahora tiene { $keys } claves
}
key-on-the-server = En el servidor:  socklab serve --keys { $list }
key-on-the-client = En el cliente:   { $command }
key-greeting = ¡Hola!
key-photo = foto.jpg
key-name = Nombre
key-id = Identificador
key-may = Permite
key-commands = Órdenes
key-of-a-client = { $file } es la clave de un cliente; la lista del servidor dice qué permite
key-of-a-list = { $file } es la lista de un servidor, con { $keys ->
    [one] 1 clave
   *[other] { $keys } claves
}

key-needs-exec = '{ $flag }' solo cuenta junto con el permiso exec
key-not-a-file = { $file } no es un archivo común
key-not-ours = { $file } es del usuario { $owner }, que podría cambiarlo
key-exposed = { $file } tiene el modo { $mode }: otros pueden leer o cambiar los secretos que contiene
key-too-large = { $file } tiene más de { $bytes } bytes
key-not-text = { $file } no es texto en UTF-8
key-name-taken = { $list } ya tiene una clave { $name }
key-wrong = { $file }: { $cause }
key-line = línea { $line }: { $cause }
key-none = no contiene ninguna clave
key-second = una segunda clave, donde cabe una sola
key-no-mark = no comienza con socklab-key-1
key-no-name = la palabra { $word } no es un nombre de 1 a { $max } letras sin acentos, dígitos, -, _ o .
key-no-secret = la palabra { $word } no es un secreto de 43 caracteres en base64url
key-unknown-word = la palabra { $word } no significa nada aquí, o está dos veces
key-no-grant = después de may= hay una palabra que no es text, file, chat, stop ni exec
key-no-commands = después de commands= hay un nombre vacío, o * con otros, o más de { $max } nombres
key-name-twice = otra vez el nombre de la línea { $line }
key-secret-twice = otra vez el secreto de la línea { $line }
key-too-long = demasiado texto
key-list-too-many = una lista tiene { $max } claves como máximo

hint-key-needs-exec = agregarlo, como en --may { $grants }
hint-key-runs-nothing = el permiso exec por sí solo no ejecuta nada: nombrar órdenes con --commands, o permitir cualquier línea con --shell
hint-key-exists = una clave nunca se sobrescribe: elegir otro archivo con --file
hint-key-in-use = otro socklab le está agregando una clave: intentar otra vez
hint-key-file = el archivo, o el directorio donde va, debe existir y admitir lectura y escritura
hint-key-files = 'socklab key new' escribe esos archivos: para un cliente una línea, socklab-key-1 NOMBRE SECRETO; para un servidor una línea por clave, NOMBRE SECRETO may=PERMISOS commands=ÓRDENES shell
hint-key-owner = ejecutar socklab como ese usuario, o hacer propio el archivo: sudo chown $(id -u) { $file }
hint-key-mode = cerrarlo con 'chmod 600 { $file }', y crear otra clave si alguien pudo leer esta
hint-key-name-taken = elegir otro nombre, o quitar antes esa línea de la lista

hint-man-dir = el directorio debe existir y admitir escritura
hint-dissector = sin --install va a la salida estándar; `tshark -X lua_script:ARCHIVO` lo usa desde cualquier lugar
dissector-installed = instalado: { $path }
dissector-no-home = instalar: no hay un directorio personal donde hacerlo

## socklab trace y replay, lo que muestran

trace-level-a = nivel A: llamadas, sockets y paquetes de una red privada
trace-level-b = nivel B: llamadas, sockets y paquetes de la red de esta máquina
trace-level-c = nivel C: llamadas y sockets; los paquetes no se ven
trace-cpu-one = todo en la CPU { $cpu }
trace-cpu-all = en todas las CPU
trace-mtu = MTU { $bytes }
trace-times = tiempos en ms desde la primera llamada
trace-idle = … { $time } sin nada …
trace-still-waiting = todavía esperan: { $calls }
trace-still = { $process } en { $call } desde hace { $time }
trace-blocked = bloqueada { $time }
trace-never-returned = no había vuelto después de { $time }
trace-no-limit = sin plazo
trace-from = de { $address }
trace-end-of-stream = el otro extremo terminó de enviar
trace-nothing-ready = venció el plazo, no hay nada listo
trace-restarted = una señal la interrumpió; el núcleo la empieza de nuevo
trace-ended-in-call = el programa terminó en ella
trace-more-messages = { $count ->
    [one] y 1 mensaje más
   *[other] y { $count } mensajes más
}
trace-kernel = núcleo
trace-listener = a la escucha
trace-closed = cerrado por su programa
trace-no-socket = ningún socket tiene el puerto
trace-did-not-arrive = no llegó
trace-about = sobre { $from } → { $to }
trace-fragment = parte del paquete { $identification }, desde el byte { $offset }
trace-retransmission = enviado de nuevo
trace-fd = fd { $fd }
trace-fd-closed = fd { $fd } cerrado
trace-connection = conexión { $peer } → { $local }
trace-accept-queue = cola de aceptación { $length }/{ $limit }
trace-datagram-waits = { $bytes ->
    [0] no espera ningún datagrama
    [one] espera un datagrama de 1 byte
   *[other] espera un datagrama de { $bytes } bytes
}
trace-bytes-wait = { $bytes ->
    [0] no queda nada por leer
    [one] 1 byte por leer
   *[other] { $bytes } bytes por leer
}
trace-bytes-unacknowledged = { $bytes ->
    [0] todo confirmado
    [one] 1 sin confirmar
   *[other] { $bytes } sin confirmar
}
trace-dropped = { $count ->
    [one] 1 perdido
   *[other] { $count } perdidos
}
trace-retransmitted = { $count ->
    [one] 1 segmento enviado de nuevo
   *[other] { $count } segmentos enviados de nuevo
}
trace-sampled = en los { $time } anteriores
trace-inferred = deducido
trace-shared = de toda la máquina
trace-packet-dropped = descarta un paquete: { $reason }
trace-started = empieza
trace-forked = crea el proceso { $name } (pid { $pid })
trace-executed = ejecuta { $command }
trace-made-by = pid { $pid }, creado por { $parent }
trace-process = pid { $pid }
trace-lines-stack = las líneas de Python se leen de su pila
trace-lines-hook = las líneas de Python las dice un gancho, que lo hace más lento
trace-signalled = recibe { $signal }
trace-released = ya no se observa, y sigue
trace-exited = estado de salida { $status }
trace-killed = terminado por { $signal }
trace-wait-status = estado de wait { $status }
trace-note-io-uring = { $process } usa io_uring: lo que hace allí con sockets no se ve como llamadas
trace-note-foreign = { $process } hace llamadas como un programa de 32 bits: no se decodifican
trace-note-privilege = { $process } ejecuta { $file }, que aquí no recibe privilegios
trace-packets-lost = { $packets ->
    [one] la captura perdió 1 paquete
   *[other] la captura perdió { $packets } paquetes
}
trace-note-bytes = pasa más de lo que se puede escribir: desde aquí se omiten los bytes de las llamadas y de los paquetes
trace-note-clock = la hora saltó { $us } µs; los tiempos de los paquetes se corrigen
trace-note-lines = no se conocen las líneas del código de { $process }
trace-note-source = { $source }: { $operation }: { $cause }
trace-column-program = programa
trace-column-calls = llamadas
trace-column-bytes = bytes env/rec
trace-column-packets = paquetes env/rec
trace-column-end = fin
trace-end-unknown = no se sabe
trace-cut = la grabación está cortada: le falta el final
trace-interrupted = la grabación se interrumpió antes de que terminaran los programas
trace-hidden = { $count ->
    [one] hay 1 línea oculta: búsquedas de nombres, lo que el lenguaje hace para sí, procesos sin sockets; --all la muestra
   *[other] hay { $count } líneas ocultas: búsquedas de nombres, lo que el lenguaje hace para sí, procesos sin sockets; --all las muestra
}
trace-findings = { $count ->
    [one] 1 hallazgo
   *[other] { $count } hallazgos
}

replay-awaited = leyendo la grabación de la entrada estándar...
replay-line = { $file }, línea { $line }: { $cause }
replay-no-json = no es JSON desde la columna { $column }
replay-no-end = termina en medio de algo
replay-no-observation = no es una observación; se nota en la columna { $column }
replay-no-header = esto no es una grabación: no empieza como una
replay-too-long = tiene más de { $max } bytes
replay-too-many = hay más de { $max } líneas
replay-version = tiene la versión { $version } de los eventos, y este programa conoce la { $known }
hint-replay = dar el archivo que escribió 'socklab trace --output ARCHIVO', o - para la entrada estándar
hint-replay-version = la escribió un socklab más nuevo: verla con ese
hint-replay-script = docs/script.md tiene la forma de un guion (en inglés); --script escribe uno
replay-script = { $file }, línea { $line }, columna { $column }: no es una línea de un guion
replay-script-too-long = { $file } tiene más de { $max } bytes, así que no es un guion
replay-differs = la grabación no es lo que dice el guion, desde la línea { $line }, columna { $column }
replay-expected = se esperaba: { $line }
replay-found = se halló: { $line }
export-stdout-twice = en la salida estándar solo se puede escribir una cosa
hint-export-stdout = dar un archivo a las demás
hint-export-cut = lo que quedó en el archivo está cortado

trace-no-command = falta la orden de un programa
trace-no-command-of = falta la orden del programa { $name }
trace-after-without-as = --after CUÁNDO -- sin --as NOMBRE antes
trace-order = lo que empieza otro programa va en este orden, con espacios y sin signo igual: --as NOMBRE --after CUÁNDO --
trace-first-waits = el primer programa no puede esperar al anterior
trace-name-twice = dos programas se llaman { $name }
trace-too-many = más de { $max } programas
hint-trace-programs = escribir: socklab trace [--as NOMBRE] -- ORDEN --as NOMBRE [--after CUÁNDO] -- ORDEN
hint-trace-first-after = darle un tiempo, como en --after 2s, o quitar --after
hint-trace-names = dar a cada uno un nombre propio con --as
hint-trace-output = dar otro camino, o quitar --output
hint-trace-goes-on = la grabación sigue sin este archivo, que queda cortado; replay lo muestra hasta donde llega

## Hallazgos: lo que muestra una grabación y conviene que sepan los autores de sus programas

finding-advice = consejo
finding-fragile = frágil
finding-fault = falla

finding-refused-datagram-title = { $program } envía datagramas a { $to }, y ningún socket tiene ese puerto
finding-refused-datagram-title-waits = { $program } espera en { $call }() una respuesta de { $to }, y ningún socket tiene ese puerto
finding-refused-datagram-title-told = { $program }: { $call }() falla con ECONNREFUSED porque ningún socket tiene { $to }
finding-refused-datagram-why = El envío salió bien: solo entrega el datagrama. La respuesta fue un mensaje ICMP, puerto inalcanzable, y el núcleo lo avisa solo a los sockets conectados (udp(7)). Este no lo está, así que no falla ninguna llamada.
finding-refused-datagram-why-told = El mensaje ICMP, puerto inalcanzable, llegó cuando el envío ya había vuelto. En un socket conectado el núcleo guarda el error para la llamada siguiente, sea cual sea (udp(7)): lo causó un datagrama anterior, no esta llamada.
finding-refused-datagram-why-gone = El socket que tenía este puerto se cerró antes de que llegara el datagrama. El núcleo respondió con un mensaje ICMP, puerto inalcanzable, y no lo avisó a este socket, que no está conectado (udp(7)).
finding-refused-datagram-do = Iniciar primero el receptor, o corregir la dirección o el puerto. Para enterarse de un rechazo, usar connect() en el socket UDP, o IP_RECVERR; y no esperar nunca sin plazo: SO_RCVTIMEO, settimeout() o poll() antes de recvfrom().
finding-refused-datagram-do-told = Iniciar primero el receptor, o corregir la dirección o el puerto. Tomar el ECONNREFUSED de send() y recv() como noticia de un datagrama anterior: enviarlo de nuevo, o desistir.
finding-refused-datagram-do-gone = Nada, si el otro programa ya había desistido. Si no, hacer que cierre su socket con close() recién cuando llegó la última respuesta.

finding-refused-connection-title = { $program }: el connect() a { $to } es rechazado: nadie escucha ahí
finding-refused-connection-title-again = { $program }: el connect() a { $to } es rechazado: nadie escucha ahí ({ $attempts } intentos)
finding-refused-connection-why = Un SYN para un puerto en el que nadie escucha se responde con un RST, y connect() falla en seguida con ECONNREFUSED.
finding-refused-connection-why-later = { $listener } llamó a listen() en este puerto recién { $ms } ms después. Hasta entonces un SYN se responde con un RST, y connect() falla en seguida con ECONNREFUSED.
finding-refused-connection-why-elsewhere = { $listener } escucha en { $address }, que es otra dirección. Un SYN para una en la que nadie escucha se responde con un RST, y connect() falla en seguida con ECONNREFUSED.
finding-refused-connection-do = Iniciar primero el servidor, o corregir la dirección o el puerto.
finding-refused-connection-do-later = Iniciar el cliente cuando el servidor ya escucha, o intentar connect() de nuevo tras una pausa breve, cada vez con un socket nuevo.
finding-refused-connection-do-elsewhere = Conectarse a la dirección del bind() del servidor, o hacer que este la pida como 0.0.0.0 (o ::), que es toda dirección.

finding-silence-title = { $program } espera en { $call }() desde hace { $ms } ms, y nada volvió de { $to }
finding-silence-title-gave-up = { $program } desistió tras { $ms } ms en { $call }(): nunca volvió nada de { $to }
finding-silence-why = El datagrama se envió, nadie en la grabación tiene esa dirección, y no se vio ningún mensaje ICMP. UDP no dice nada de un datagrama que se pierde o que nadie responde.
finding-silence-why-read = { $receiver } recibió el datagrama y no envió nada antes de volver a esperar. UDP no avisa al emisor ni lo uno ni lo otro.
finding-silence-why-unread = El datagrama llegó al socket de { $receiver }, que no lo recibió. UDP no se lo avisa al emisor.
finding-silence-do = Esperar con plazo (SO_RCVTIMEO, settimeout() o poll()), enviar de nuevo unas veces, y después desistir. Ver que el sendto() de la respuesta use la dirección que trajo recvfrom().

finding-truncated-datagram-title = { $program }: { $call }() tenía lugar para { $room } B y cortó un datagrama de { $datagram } B
finding-truncated-datagram-title-flag = { $program }: { $call }() tenía lugar para { $room } B y cortó un datagrama más largo
finding-truncated-datagram-why = Una llamada toma un datagrama, entero o cortado: lo que no entra se tira, y la llamada siguiente trae el datagrama siguiente. recvfrom() no lo avisa; recvmsg() pone MSG_TRUNC. { $count ->
    [one] Se cortó un datagrama.
   *[other] Se cortaron { $count } datagramas.
}
finding-truncated-datagram-do = Dar a recvfrom() lugar para el datagrama más largo que pueda venir: 65.535 bytes alcanzan siempre. Para notar los cortes, usar recvmsg() y mirar msg_flags, o pasar MSG_TRUNC.

finding-short-send-title = { $program }: { $call }() tomó { $taken } de { $offered } B, y al menos { $missing } B no se enviaron nunca
finding-short-send-why = send() devuelve cuántos bytes copió para que el núcleo los envíe. Si el socket no bloquea, tiene un plazo o llega una señal, pueden ser menos que los que se le dieron; el resto lo tiene que enviar el programa.
finding-short-send-do = Llamar de nuevo a send() con los bytes a partir de lo que devolvió, hasta que no quede ninguno; sendall() hace justo eso. Ante EAGAIN, esperar antes con poll().

finding-short-receive-title = { $program } leyó { $read } de { $arrived } B y cerró la conexión en medio de un mensaje de { $message } B
finding-short-receive-why = Por TCP un recv() trae lo que llegó, aquí { $room } B como máximo, y no lo que envió el send() del otro extremo. { $program } no volvió a llamar a { $call }() y cerró; el núcleo envía entonces un RST por los bytes que nadie leyó.
finding-short-receive-why-broke = Por TCP un recv() trae lo que llegó, aquí { $room } B como máximo, y no lo que envió el send() del otro extremo. { $program } no volvió a llamar a { $call }() y cerró; el núcleo envió un RST por los bytes que nadie leyó, y por eso a { $peer } le falló { $broke }().
finding-short-receive-do = Llamar a recv() en un bucle hasta que el mensaje esté entero. Dónde termina lo tiene que decir el mensaje mismo: una longitud delante, un delimitador, o el fin del flujo (shutdown() del emisor, recv() devuelve 0).

finding-joined-messages-title = { $program }: { $call }() tomó { $sends } envíos de { $peer } como un solo mensaje, y ahora los dos esperan
finding-joined-messages-why = { $peer } llamó a send() { $messages } veces, pero TCP lleva bytes, no mensajes: llegaron { $bytes } B de una vez. { $program } envió { $answers ->
    [one] una respuesta
   *[other] { $answers } respuestas
}, así que { $peer } espera más y { $program } espera otro mensaje.
finding-joined-messages-do = Marcar dónde termina un mensaje: con una longitud delante o con un delimitador. Guardar en un búfer lo que trae recv(), y sacar de él todo mensaje entero antes del recv() siguiente.

finding-full-accept-queue-title = { $program }: la cola de aceptación de { $at } estaba llena, { $clients ->
    [one] una conexión tuvo
   *[other] { $clients } conexiones tuvieron
} que esperar, hasta { $ms } ms
finding-full-accept-queue-why = El núcleo completa los saludos iniciales por cuenta de listen(), y guarda las conexiones hasta que accept() las toma: el backlog, y una más. Con la cola llena pierde los SYN sin decir nada, aquí { $dropped }, y el cliente los envía de nuevo tras un segundo o más.
finding-full-accept-queue-why-known = El núcleo completa los saludos iniciales por cuenta de listen(), y guarda las conexiones hasta que accept() las toma: el backlog, { $backlog }, y una más. { $waiting ->
    [one] Esperaba una.
   *[other] Esperaban { $waiting }.
} Con la cola llena pierde los SYN sin decir nada, aquí { $dropped }, y el cliente los envía de nuevo tras un segundo o más.
finding-full-accept-queue-do = Llamar antes a accept(): atender cada conexión en un hilo o un proceso propio, o esperarlas a todas con poll(). Un backlog mayor en listen() ayuda solo contra avalanchas breves.

finding-unread-reset-title = { $program } cerró una conexión con { $unread } B sin leer, y el núcleo la cortó con un RST
finding-unread-reset-title-ended = { $program } terminó con { $unread } B sin leer en una conexión, y el núcleo la cortó con un RST
finding-unread-reset-why = Habían llegado bytes que ningún recv() tomó. Entonces close() no termina el flujo en orden, con un FIN: envía un RST, que dice que algo se perdió, y el otro extremo puede no recibir siquiera lo que se le envió antes.
finding-unread-reset-why-broke = Habían llegado bytes que ningún recv() tomó. Entonces close() no termina el flujo en orden, con un FIN: envía un RST, y por eso a { $peer } le falló { $broke }().
finding-unread-reset-do = Antes de close(), llamar a shutdown(SHUT_WR) y después a recv() hasta que devuelva 0. Si los bytes no interesan, leerlos y tirarlos.

finding-peer-closed-title = { $program }: { $call }() falla con { $error }: el otro extremo ya no estaba
finding-peer-closed-title-lost = { $program } envió { $lost } B a un extremo que ya no estaba, y se perdieron
finding-peer-closed-why-closed = { $peer } había llamado a close(). El primer send() posterior sale bien, pero se responde con un RST; las llamadas siguientes fallan, y un send() recibe además SIGPIPE, salvo con MSG_NOSIGNAL.
finding-peer-closed-why-ended = El programa { $peer } había terminado, y eso cierra sus sockets. El primer send() posterior sale bien, pero se responde con un RST; las llamadas siguientes fallan, y un send() recibe además SIGPIPE, salvo con MSG_NOSIGNAL.
finding-peer-closed-why-killed = Una señal había terminado el programa { $peer }, y el núcleo cerró sus sockets. El primer send() posterior sale bien, pero se responde con un RST; las llamadas siguientes fallan, y un send() recibe además SIGPIPE, salvo con MSG_NOSIGNAL.
finding-peer-closed-why-reset = El otro extremo envió un RST: cortó la conexión, o ya no la conoce. Lo que se envía después se pierde.
finding-peer-closed-do = Contar con ECONNRESET y EPIPE en todo send() y recv(), y terminar solo esa conexión cuando lleguen. Acordar quién cierra primero: para saber que llegó todo, esperar una respuesta antes de close().

finding-address-in-use-title = { $program }: { $call }() falla con EADDRINUSE: { $address } está ocupada
finding-address-in-use-why = Algún socket tiene esta dirección y este puerto, y no es de esta grabación. Los tiene un solo socket a la vez, para TCP y para UDP por separado.
finding-address-in-use-why-socket = La tiene { $holder }, con el fd { $fd }. Una dirección y un puerto los tiene un solo socket a la vez, para TCP y para UDP por separado.
finding-address-in-use-why-time-wait = { $holder } cerró { $ms } ms antes una conexión de este puerto, y la cerró primero: su extremo queda en TIME-WAIT 60 s, para que ningún segmento tardío moleste a una nueva.
finding-address-in-use-why-time-wait-reuse = { $holder } cerró { $ms } ms antes una conexión de este puerto, y su extremo queda en TIME-WAIT 60 s. SO_REUSEADDR lo permitiría, y aquí está puesto, así que además otro socket ha de tener el puerto.
finding-address-in-use-do = Terminar el programa que tiene el puerto (socklab sockets lo nombra), o elegir otro puerto.
finding-address-in-use-do-time-wait = Poner SO_REUSEADDR con setsockopt() antes de bind(), como hacen los servidores. O hacer que el cliente cierre primero.

finding-dropped-datagrams-title = { $program }: { $dropped ->
    [one] se perdió un datagrama
   *[other] se perdieron { $dropped } datagramas
} en { $at }, cuyo búfer de recepción estaba lleno
finding-dropped-datagrams-why = Los datagramas esperan en el socket hasta que recvfrom() los toma, en un búfer de { $buffer } B (SO_RCVBUF, donde cada uno cuenta más que sus bytes). El que lo encuentra lleno se pierde, y no se avisa a ninguno de los dos lados.
finding-dropped-datagrams-do = Recibir antes: nada lento entre dos recvfrom(). Contra avalanchas breves, agrandar SO_RCVBUF; contra un emisor siempre más rápido sirve solo que espere respuestas.

finding-end-ignored-title = { $program }: { $call }() devolvió 0 { $times } veces en { $ms } ms: el flujo había terminado
finding-end-ignored-why = 0 bytes (b"") de un flujo no quieren decir que todavía no llegó nada: son su fin, y cada llamada siguiente devuelve lo mismo en seguida. El bucle no espera nunca y ocupa una CPU.
finding-end-ignored-do = Cuando recv() devuelve 0, salir del bucle y cerrar el socket con close().

finding-busy-polling-title = { $program }: { $call }() falló con EAGAIN { $times } veces seguidas, en { $ms } ms
finding-busy-polling-why = En un socket que no bloquea, EAGAIN quiere decir que ahora no hay nada que hacer. Un bucle que pregunta de nuevo en seguida ocupa una CPU, y se la quita a quien tiene que enviar.
finding-busy-polling-do = Esperar en poll(), select() o epoll_wait() hasta que el socket esté listo, y llamar entonces; o dejar que el socket bloquee.

finding-descriptor-leak-title = { $program } deja sockets abiertos: { $left }, que ya no usa
finding-descriptor-leak-title-failed = { $program }: { $call }() falla por falta de descriptores: hay { $left } sockets abiertos que ya no usa
finding-descriptor-leak-why = Cada socket es un descriptor, y un proceso puede tener solo cierta cantidad (1024, por lo común); el accept() o el socket() siguiente falla entonces con EMFILE. De { $ended } de estos el programa leyó el fin del flujo; sin su close() quedan en CLOSE-WAIT.
finding-descriptor-leak-do = Llamar a close() con cada socket cuando ya no hace falta, en toda salida de la función: también tras un error, y cuando recv() devolvió 0.

finding-blocked-for-ever-title = { $program } espera a { $other } en { $call }(), y { $other } espera en { $other-call }(): durante { $ms } ms
finding-blocked-for-ever-why-both-receive = Los dos extremos de la conexión esperan en recv(), y no hay bytes en camino. Ninguno puede seguir hasta que el otro envíe.
finding-blocked-for-ever-why-both-send = Los dos extremos de la conexión esperan en send(): los búferes de ambos sentidos están llenos, y ninguno lee.
finding-blocked-for-ever-why-serves = { $other } espera bytes de alguien más, a quien atiende, y entretanto no hace nada por esta conexión.
finding-blocked-for-ever-why-serves-queued = La conexión espera en la cola de aceptación: el núcleo completó el saludo inicial, por eso connect() y send() salen bien. { $other } espera bytes de alguien más, a quien atiende, y entretanto no llama a accept().
finding-blocked-for-ever-why-accepts = { $other } tiene abierta esta conexión, pero ya no lee de ella: espera otra en accept().
finding-blocked-for-ever-do = Acordar quién habla cuándo, y dónde termina un mensaje. Si uno lee hasta el fin del flujo, el otro tiene que llamar a shutdown(SHUT_WR) después de su último send(). Un plazo (SO_RCVTIMEO, settimeout()) evita que un error dure para siempre.
finding-blocked-for-ever-do-both-send = Leer mientras se envía: esperar ambas cosas con poll(), o dejar que un hilo lea y otro envíe.
finding-blocked-for-ever-do-serves = Atender cada conexión en un hilo o un proceso propio, o esperarlas a todas con poll(). También ayuda un plazo para quien no dice nada.
finding-blocked-for-ever-do-accepts = Seguir leyendo hasta que recv() devuelva 0, o cerrar la conexión con close() una vez atendida: el otro extremo lee entonces el fin en vez de esperar.

finding-nagle-stall-title = { $program }: { $stalls ->
    [one] una escritura pequeña esperó
   *[other] { $stalls } escrituras pequeñas esperaron
} acuses de recibo, { $ms } ms en total
finding-nagle-stall-why = { $call }() de { $bytes } B volvió en seguida, pero un segmento pequeño se retiene mientras otro anterior no tiene acuse (Nagle), y el receptor demora su acuse con la esperanza de una respuesta (40 ms).
finding-nagle-stall-do = Escribir un mensaje con una sola llamada: juntar sus partes, o usar sendmsg() o writev(). Si las escrituras pequeñas deben salir en seguida, poner TCP_NODELAY.

finding-message-too-long-title = { $program }: { $call }() de { $offered } B falla con EMSGSIZE: ningún datagrama es tan largo
finding-message-too-long-why = Un datagrama de UDP tiene como máximo 65.507 B por IPv4: 65.535 menos los dos encabezados. No se envió nada.
finding-message-too-long-do = Enviar trozos, cada uno con su lugar en el todo, y mejor de 1.400 B que de 60.000: un datagrama más largo que la MTU se corta en fragmentos, y se pierde con cualquiera de ellos. O usar TCP.

finding-denied-port-title = { $program } no puede pedir { $address } con bind(): EACCES
finding-denied-port-why = Los puertos menores que 1024 son para programas con privilegios (net.ipv4.ip_unprivileged_port_start).
finding-denied-port-do = Usar un puerto desde 1024, como 3500.

finding-no-route-title = { $program }: { $call }() a { $to } falla: ningún camino lleva ahí
finding-no-route-why = Ninguna ruta de esta máquina lleva a esa red.
finding-no-route-why-private = Los programas corren en una red privada, que no tiene más que el loopback.
finding-no-route-do = Corregir la dirección, o revisar las rutas: ip route.
finding-no-route-do-private = Grabar con { $flag }: entonces los programas usan la red de esta máquina.

## La disposición de la ayuda y de las páginas de manual

heading-usage = Uso
heading-commands = Órdenes
heading-arguments = Argumentos
heading-options = Opciones
heading-general = Opciones generales
heading-examples = Ejemplos
usage-options = OPCIONES
usage-command = ORDEN
man-name = NOMBRE
man-synopsis = SINOPSIS
man-description = DESCRIPCIÓN
man-version = VERSIÓN

## Sesiones con un servidor de mensajes

session-silent = { $address } ({ $transport }) no respondió dentro del plazo
session-no-server = lo que responde en { $address } no es un servidor de mensajes, o no tiene esta clave
session-refused = { $address } rechazó la sesión: { $why }
session-failed = falló la conexión: { $cause }
session-cut = la conexión se cortó antes de que todo tuviera respuesta
session-went-silent = el servidor lleva 30 s en silencio
session-broken = lo que llegó no es de esta sesión: { $cause }
refused-key = no conoce esta clave
refused-plain = no acepta sesiones sin clave
refused-busy = tiene tantas sesiones como acepta
refused-stopping = se está deteniendo
refused-malformed = la apertura estaba mal formada o era de otra versión
refused-other = { $code }
hint-refused-key = pedir a quien administra el servidor que agregue la clave a su lista, el archivo de 'serve --keys'
hint-refused-plain = indicar la clave con --key ARCHIVO o en SOCKLAB_KEY; 'socklab key new' crea una
hint-serve = iniciar allí un servidor con 'socklab serve --keys ARCHIVO --port { $port }', o con --plain en lugar de --keys
hint-session-silent = verificar la dirección; por UDP, un cortafuegos y un puerto sin nadie se ven así
hint-needs-key = sin clave solo se atienden textos, archivos y salas; indicar la clave con --key ARCHIVO o en SOCKLAB_KEY
hint-needs-grant = la clave necesita ese permiso en la lista del servidor, como en may=text,file,chat,stop,exec
hint-needs-command = la clave necesita la orden en la lista del servidor, como en commands=uptime, o la palabra shell para --shell
result-done = está hecho
result-denied = denegado: la clave no tiene ese permiso
result-command = denegado: la clave no permite ejecutar esta orden
result-name = el nombre fue rechazado o está en uso
result-too-large-here = es demasiado grande, o no hay lugar
result-too-large = es demasiado grande: hay lugar para { $room } bytes
result-mismatch = lo que llegó no es lo que se envió: su hash es otro
result-busy = ya atiende tantos pedidos de esta clase como puede
result-cancelled = se abandonó
result-malformed = el pedido estaba mal formado
result-unsupported = no acepta eso
result-failed-here = el sistema de aquí dijo que no
result-failed = falló allí: { $cause }
result-stopping = se está deteniendo
result-superseded = la misma transferencia llegó de nuevo y tomó su lugar
result-repeated = este pedido ya se ejecutó
result-unknown = { $code }

room-joined = en la sala { $room }, con { $names }
room-joined-alone = en la sala { $room }, donde no hay nadie más
room-came = entró { $name }
room-left = salió { $name }
room-lost = se perdió el lugar en la sala: se dijo demasiado sin que se leyera
room-stopped = el servidor se detiene, y la sala con él
room-over = terminó el lugar en la sala: { $code }
room-refused = sin lugar en la sala: { $why }
room-wrong-name = una sala y un nombre tienen de 1 a { $max } bytes y ningún carácter de control
hint-room-name = decir quién habla, como en --name ana

## socklab serve, lo que informa

serve-nobody = nadie podría abrir una sesión
hint-serve-nobody = dar una lista de claves con --keys ARCHIVO, que 'socklab key new' crea, o permitir sesiones sin clave con --plain
serve-as-root = este servidor se ejecuta como root, y también las órdenes de toda clave con el permiso exec: conviene iniciarlo como otro usuario
serve-ready = Listo: { $keys ->
    [0] ninguna clave
    [one] una clave
   *[other] { $keys } claves
}; { $plain }; { $inbox }
serve-inbox = los archivos llegan a { $inbox }
serve-no-inbox = no se aceptan archivos
serve-plain = las sesiones sin clave pueden enviar textos y archivos, y conversar
serve-sealed = no se atienden sesiones sin clave
serve-text = { $from }: { $text }
serve-joined = { $from }: { $name } entró en la sala { $room }
serve-left = { $from }: { $name } dejó la sala { $room }
serve-said = { $from }: { $name } dijo { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} en la sala { $room }
serve-stop-asked = { $from } pide que este servidor se detenga
serve-denied = { $from }: { $what } no se hizo: { $result }
serve-refused = Rechazado: { $peer } ({ $transport }), { $why }
serve-refused-key = no tiene ninguna clave de la lista (identificador de clave { $id })
serve-refused-plain = no tiene clave
serve-refused-busy = hay tantas sesiones abiertas como puede haber
serve-refused-stopping = este servidor está terminando
serve-refused-more = { $refusals ->
    [one] se rechazó uno más
   *[other] se rechazaron { $refusals } más
}
serve-stopping = terminando: no se acepta nada nuevo; { $sessions ->
    [0] no hay sesiones abiertas
    [one] hay una sesión abierta
   *[other] hay { $sessions } sesiones abiertas
}, { $streams ->
    [0] nada en curso
    [one] un pedido en curso
   *[other] { $streams } pedidos en curso
}
serve-reloaded = leído de nuevo: { $keys ->
    [one] una clave
   *[other] { $keys } claves
}, { $rules ->
    [one] una regla
   *[other] { $rules } reglas
}
serve-reload-failed = siguen valiendo las claves y reglas de antes: { $error }
serve-opened = { $from }: sesión abierta ({ $transport })
serve-closed = { $from }: sesión terminada: { $reason }; { $received } bytes recibidos, { $sent } enviados
serve-closed-done = el cliente no tenía más que pedir
serve-closed-cut = la conexión se cortó
serve-closed-silent = demasiado tiempo en silencio
serve-closed-protocol = el cliente rompió el protocolo
serve-file-resumed = { $from }: el archivo { $name } de { $bytes } bytes sigue después de { $there }
serve-file-stored = { $from }: archivo { $name }, { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}, guardado como { $stored }
serve-file-already = (ya estaba aquí)
serve-file-failed = { $from }: el archivo { $name } no se guardó: { $result }
serve-exec-started = { $from }: ejecuta { $command } (pid { $pid })
serve-exec-ended = { $from }: { $command }: { $how }
serve-summary = { $sessions ->
    [one] una sesión
   *[other] { $sessions } sesiones
}, { $texts ->
    [one] un texto
   *[other] { $texts } textos
}, { $files ->
    [one] un archivo
   *[other] { $files } archivos
} ({ $bytes } bytes), { $commands ->
    [one] una orden
   *[other] { $commands } órdenes
}
serve-summary-denied = { $count ->
    [one] uno denegado
   *[other] { $count } denegados
}
serve-inbox-not-ours = el directorio de llegada { $path } es del usuario { $owner }
serve-inbox-in-use = otro servidor tiene el directorio de llegada { $path }
hint-inbox = elegir un directorio propio con --inbox DIR, o no aceptar archivos con --no-inbox

## socklab send, lo que informa

send-a-text = texto de { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
}
send-text-too-long = un texto puede tener { $max } bytes como máximo
hint-send-file = enviarlo como archivo, con --file
send-no-name = { $path } no tiene un nombre que se pueda enviar; debe terminar en un nombre en UTF-8
send-not-regular = { $path } no es un archivo común
send-delivered = { $what }: llegó, SHA-256 { $hash }
send-stored = { $what }: { $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
} en su disco como { $stored }, SHA-256 { $hash }
send-resumed = { $bytes } bytes ya estaban allí
send-failed = { $what }: no se entregó: { $cause }
send-changed = el archivo cambió mientras se enviaba
send-progress = { $name }  { $percent } %  { $speed } MiB/s  faltan { $left } s
hint-send-again = enviarlo de nuevo: un archivo sigue donde se cortó

## socklab stop y exec, lo que informan

stop-draining = { $peer } se está deteniendo: { $streams ->
    [0] nada en curso
    [one] un pedido en curso
   *[other] { $streams } pedidos en curso
}
stop-done = { $peer } terminó y se detuvo
stop-failed = stop { $target }: { $why }
exec-ended = socklab exec: { $text }
exec-exited = estado de salida { $status }
exec-signal = terminada por { $name }
exec-signal-core = terminada por { $name }, con volcado de memoria
exec-not-started = no se pudo iniciar: { $cause }
exec-unknown = terminó de un modo que esta versión no conoce ({ $how }, { $value })
exec-why-time = se cumplió el plazo
exec-why-output = se alcanzó el máximo de salida
exec-why-cancelled = se abandonó
exec-why-stopping = el servidor se detuvo
exec-wait-exited = estado de wait(): { $wait } = { $status } × 256, como lo devuelve os.system()
exec-wait-signal = estado de wait(): { $wait }, como lo devuelve os.system(): los 7 bits bajos son la señal, { $signal }
exec-wait-other = estado de wait(): { $wait }
exec-arguments = la orden es demasiado larga, o un argumento tiene un byte 0
exec-refused = no se ejecutó: { $why }

## Experimentos

lab-scenes = Escenas
lab-scene-of = Escena { $number } de { $of }:
lab-answer = Respuesta
lab-more = Para leer y para escribir
lab-all = Todos los experimentos
lab-varied-by = Se puede variar con { $flags }.
lab-wrote = Los programas escribieron:
lab-ask = Predicción, de 1 a { $count } (Enter saltea la pregunta):
lab-bytes =
    { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }
lab-line = línea { $line } ({ $time })
lab-time = { $time }
lab-evidence = lo muestra: { $evidence } ms
lab-right = La predicción fue “{ $predicted }”, y así fue.
lab-wrong = La predicción fue “{ $predicted }”; lo que pasó: “{ $outcome }”
lab-no-outcome = La predicción fue “{ $predicted }”; aquí no se pudo ver qué pasa.
lab-came-true = De las predicciones se cumplió esta: “{ $outcome }”
lab-counts = { $holds } como se esperaba, { $differs } de otro modo, { $unknown } sin saber
lab-row-right = · se predijo
lab-row-wrong = · se predijo otra cosa
lab-step = { $operation }: { $cause }
lab-setting-refused = el núcleo rechazó { $setting }: { $cause }
lab-unseen-packets = Aquí no se sabe: en esta máquina no se pueden capturar paquetes.
lab-unseen-network = Aquí no se sabe: en esta máquina no hay red privada, así que otros programas comparten sus contadores.
lab-unseen-not-reached = Aquí no se sabe: los programas no llegaron hasta ahí.
lab-no-experiment = todavía no hay experimento del ejercicio { $exercise }
lab-no-knob = { $flag } no varía nada en el ejercicio { $exercise }
lab-no-option = '{ $option }' no es una predicción del ejercicio { $exercise }
lab-not-recorded = no se pudo grabar la escena { $scene }: { $cause }

## socklab

help-socklab = Un laboratorio para la API de sockets
    .details =
        Ejecutar los servidores y clientes de la práctica de sockets, y ver qué hace con ellos el sistema.

        Los tiempos llevan ms, s, m o h y pueden tener decimales (con punto); un número solo son segundos. Los tamaños llevan k o M, potencias de 1024.

        Códigos de salida: 0 hecho; 1 la red dijo que no (rechazado, cortado, inalcanzable, cerrado antes de tiempo); 2 uso incorrecto o error en esta máquina; 3 silencio dentro del plazo; 4 dañado (truncado, incompleto); 5 denegado; 130 y 143 terminado por una señal.
    .examples =
        socklab echo
        socklab ask udp
        socklab ask tcp localhost:3500 '¡Hola!'
        socklab sockets --port 3500
help-global-lang = Hablar en este idioma, en o es (por omisión: SOCKLAB_LANG, o la configuración regional, o en)
    .value = en|es
help-global-json = Escribir eventos en la salida estándar, un objeto JSON por línea
help-global-quiet = Informar solo los errores
help-global-verbose = Informar más: cada llamada, cuánto se le pidió y cuánto tomó
help-global-color = Usar colores (por omisión auto: en una terminal, salvo que NO_COLOR esté definida)
    .value = auto|always|never
help-global-help = Mostrar la ayuda: un resumen con -h, completa con --help
help-global-version = Mostrar la versión

## socklab echo

help-echo = Ejecutar los servidores de eco de la práctica
    .details =
        Devolver a cada cliente lo que envía, por UDP y TCP y por IPv4 e IPv6 a la vez. Otras máquinas llegan a los servidores solo con --bind o --any.
    .examples =
        socklab echo
        socklab echo udp --buffer 4
        socklab echo tcp --backlog 1 --pause accept=10s
        socklab echo --any --allow 192.168.0.0/16
help-echo-transport = Atender solo este transporte, udp o tcp (por omisión, ambos)
    .value = udp|tcp
help-echo-bind = Escuchar en esta dirección; su puerto, si lo tiene, prevalece sobre --port (por omisión, localhost; puede repetirse)
    .value = HOST[:PUERTO]
help-echo-port = Escuchar en este puerto; con 0 lo elige el núcleo (por omisión, 3500)
    .value = PUERTO
help-echo-any = Escuchar en todas las direcciones de esta máquina
help-echo-ipv4 = Usar solo IPv4 (por omisión, ambas)
help-echo-ipv6 = Usar solo IPv6 (por omisión, ambas)
help-echo-allow = Atender solo a los clientes que nombra esta dirección, red o archivo (por omisión, a todos; puede repetirse)
    .value = REGLA
help-echo-deny = No atender a los clientes que nombra esta dirección, red o archivo (por omisión, ninguno; puede repetirse)
    .value = REGLA
help-echo-allow-file = Como --allow, con un archivo de una regla por línea; SIGHUP lo relee (puede repetirse)
    .value = ARCHIVO
help-echo-deny-file = Como --deny, con un archivo de una regla por línea; SIGHUP lo relee (puede repetirse)
    .value = ARCHIVO
help-echo-max-conns = Mantener abiertas a lo sumo N conexiones TCP (por omisión, las que permitan los descriptores de archivo)
    .value = N
help-echo-idle-timeout = Cerrar una conexión TCP que pase este tiempo inactiva (por omisión, nunca)
    .value = TIEMPO
help-echo-backlog = Pedir a listen() una cola de esta longitud; el script de la práctica pide 5 (por omisión, 4096)
    .value = N
help-echo-buffer = Recibir en un búfer de este tamaño y truncar los datagramas más largos; el script de la práctica toma 1024 (por omisión, 65535)
    .value = TAMAÑO
help-echo-recv-size = Pedir esta cantidad a cada recv() y mostrar lo que tomó cada llamada (por omisión, como --buffer, o 64k por TCP)
    .value = TAMAÑO
help-echo-send-size = Dar a cada send() esta cantidad como máximo por TCP y mostrar lo que tomó cada llamada (por omisión, todo lo que haya)
    .value = TAMAÑO
help-echo-sndbuf = Pedir un búfer de envío de este tamaño, SO_SNDBUF (por omisión, el del núcleo)
    .value = TAMAÑO
help-echo-rcvbuf = Pedir un búfer de recepción de este tamaño, SO_RCVBUF (por omisión, el del núcleo)
    .value = TAMAÑO
help-echo-pause = Esperar antes de una llamada, como en recv=2s, o después, como en after-recv=2s; las llamadas son bind, listen, accept, recv, send y close (puede repetirse)
    .value = LLAMADA=TIEMPO
help-echo-as-taught = Comportarse como los scripts de la práctica, defectos incluidos: un cliente por vez, un solo recv() de 1024
help-echo-workers = Repartir el trabajo entre N hilos (por omisión, uno por procesador)
    .value = N
help-echo-steer = Dar a cada hilo sockets propios, para lo que recibe su procesador; con auto, si hay un hilo por procesador (por omisión, auto)
    .value = auto|on|off
help-echo-spin = Buscar trabajo un momento antes de que un hilo duerma; con auto, mientras convenga (por omisión, auto)
    .value = auto|on|off
help-echo-stats = Decir al final cómo atendieron los hilos y por qué; SIGUSR1 lo dice en cualquier momento

## socklab ask

help-ask = Ejecutar los clientes de eco de la práctica: enviar, esperar, mostrar la respuesta, decir qué pasó
    .details =
        La respuesta va a la salida estándar y el veredicto a la salida de errores. El mensaje es el argumento, o --message o --file, o la entrada estándar si es un archivo o una tubería y trae algún byte, o el de la práctica. Mientras la entrada estándar no trae nada, una línea dice que se la lee; Ctrl-D la termina. Un argumento solo es el destino cuando tiene esa forma, y si no, el mensaje.
    .examples =
        socklab ask udp
        socklab ask tcp '¡Hola!'
        socklab ask tcp [::1]:3500 '¡Hola!' --send-size 4
        socklab ask udp localhost:3500 --timeout 500ms --tries 3
        socklab ask tcp :3500 --file foto.jpg > copia.jpg
help-ask-transport = Preguntar por este transporte, udp o tcp
    .value = udp|tcp
help-ask-target = Preguntar a este servidor: HOST:PUERTO, [IPV6]:PUERTO, o :PUERTO en esta máquina (por omisión, localhost:3500)
    .value = DESTINO
help-ask-text = Enviar este texto (por omisión, 'TyR: Echo sobre UDP' u 'Hola Mundo!', como en la práctica)
    .value = MENSAJE
help-ask-message = Enviar este texto, sea cual sea su forma
    .value = TEXTO
help-ask-file = Enviar el contenido de este archivo; - es la entrada estándar
    .value = ARCHIVO
help-ask-empty = No enviar nada: un datagrama vacío, o una conexión que solo se cierra
help-ask-timeout = Esperar como máximo este tiempo cada vez (por omisión, 2s)
    .value = TIEMPO
help-ask-no-timeout = Esperar para siempre, como los scripts de la práctica
help-ask-tries = Enviar el datagrama hasta N veces mientras nadie responda; solo UDP (por omisión, 1)
    .value = N
help-ask-connect = Conectar el socket antes de enviar; solo UDP
help-ask-send-size = Enviar como máximo esta cantidad con cada send(), y mostrar cuánto tomó cada llamada (por omisión, todo lo que haya)
    .value = TAMAÑO
help-ask-recv-size = Pedir esta cantidad a cada recv() y mostrar lo que tomó cada llamada (por omisión, como --buffer)
    .value = TAMAÑO
help-ask-buffer = Recibir en un búfer de este tamaño y truncar los datagramas más largos; el script de la práctica toma 1024 (por omisión, 65535)
    .value = TAMAÑO
help-ask-no-loop = Detenerse después del primer send() o recv(), aunque haya hecho solo una parte
help-ask-no-shutdown = No avisar que el mensaje terminó: omitir shutdown()
help-ask-count = Preguntar N veces, una después de otra (por omisión, 1)
    .value = N
help-ask-parallel = Preguntar con N clientes a la vez (por omisión, 1)
    .value = N
help-ask-hold = Mantener abierta la conexión este tiempo después de la respuesta, sin shutdown() (sin un tiempo, hasta Ctrl-C)
    .value = TIEMPO
help-ask-source = Enviar desde esta dirección local (por omisión, la elige el núcleo)
    .value = DIRECCIÓN[:PUERTO]
help-ask-sndbuf = Pedir un búfer de envío de este tamaño, SO_SNDBUF (por omisión, el del núcleo)
    .value = TAMAÑO
help-ask-rcvbuf = Pedir un búfer de recepción de este tamaño, SO_RCVBUF (por omisión, el del núcleo)
    .value = TAMAÑO
help-ask-pause = Esperar antes de una llamada, como en recv=2s, o después, como en after-recv=2s; las llamadas son connect, send, recv y close (puede repetirse)
    .value = LLAMADA=TIEMPO
help-ask-as-taught = Comportarse como los scripts de la práctica, defectos incluidos: un solo recv() de 1024, sin plazo
help-ask-ipv4 = Usar solo IPv4 (por omisión, ambas)
help-ask-ipv6 = Usar solo IPv6 (por omisión, ambas)

## socklab send, socklab serve

help-send = Enviar textos y archivos por una conexión, cada uno confirmado por el hash de lo que llegó
    .details =
        Por una sesión con socklab serve: cualquier cantidad de textos y archivos, en una sesión sellada con --key o, sin clave, en claro. Los textos no esperan a los archivos. Un archivo cortado sigue donde se cortó cuando se envía de nuevo, y la respuesta llega cuando está en el disco del receptor. El código de salida es 0 solo cuando llegó todo.

        Con --how no hay sesión: el texto y el archivo se envían de una de las maneras que compara la consigna 2.5.4, a socklab serve con el mismo --how, que dice qué llegó; el código de salida 4 significa que llegó algo distinto de lo enviado. delimiter termina cada elemento con un delimitador y no escapa nada; length pone una longitud delante de cada elemento; tlv le pone delante un tipo y una longitud; two-connections da una conexión al texto y otra al archivo; close envía un elemento detrás de otro y después cierra.
    .examples =
        socklab send --text hola --file foto.jpg
        socklab send --key ana.key example.org:3500 --file a.iso --file b.iso
        socklab send --how tlv --text hola --file foto.jpg
        socklab send --how close --text hola --file foto.jpg --between 200ms
help-send-target = Enviar a este receptor: HOST:PUERTO, [IPV6]:PUERTO, o :PUERTO en esta máquina (por omisión, localhost:3500)
    .value = DESTINO
help-send-text = Enviar este texto; en una sesión - es cada línea de la entrada estándar (puede repetirse)
    .value = TEXTO
help-send-file = Enviar este archivo; con --how - es la entrada estándar (puede repetirse)
    .value = ARCHIVO
help-send-key = Abrir la sesión con la clave de este archivo (por omisión, SOCKLAB_KEY; si no hay, una sesión sin clave)
    .value = ARCHIVO
help-send-udp = Usar UDP (por omisión, TCP)
help-send-how = Enviar de esta manera, sin sesión: delimiter, length, tlv, two-connections o close
    .value = MANERA
help-send-delimiter = Terminar cada elemento con estos bytes (por omisión, '\n--FIN--\n')
    .value = BYTES
help-send-between = Con --how, esperar este tiempo entre un elemento y el siguiente (por omisión, nada)
    .value = TIEMPO
help-send-timeout = Esperar como máximo este tiempo a que se abra la sesión, o con --how cada vez (por omisión, 10s)
    .value = TIEMPO
help-send-ipv4 = Usar solo IPv4 (por omisión, ambas)
help-send-ipv6 = Usar solo IPv6 (por omisión, ambas)

help-serve = Atender mensajes: textos, archivos, salas, y a pedido detención y órdenes, cada cosa solo para quien tiene permiso
    .details =
        Por TCP y UDP en un mismo puerto. Quién puede hacer qué está en una lista de claves, que escribe socklab key new; las sesiones sin clave existen solo con --plain, para textos, archivos y salas, y una captura de paquetes muestra sus bytes. Los archivos llegan al directorio de llegada con nombres seguros, enteros y en disco, y nunca sobre otro archivo. Las órdenes se ejecutan como este usuario, sin shell salvo que la clave lo tenga, y terminan con todos sus procesos. SIGHUP relee las claves y las reglas, SIGUSR1 muestra los totales, y el primer SIGTERM termina lo que está en curso.

        Con --how no hay sesión: se reciben textos y archivos por TCP de una de las maneras que compara la consigna 2.5.4, se muestran con sus longitudes y hashes, y no se guardan; docs/ways.md dice qué puede saber cada manera y cuándo se rompe. Otras máquinas llegan al servidor solo con --bind o --any.
    .examples =
        socklab serve --plain
        socklab serve --keys socklab.keys --inbox recibidos --any
        socklab serve --how tlv
        socklab serve --how length --as-taught
help-serve-bind = Escuchar en esta dirección; su puerto, si lo tiene, prevalece sobre --port (por omisión, localhost; puede repetirse)
    .value = HOST[:PUERTO]
help-serve-port = Escuchar en este puerto; con 0 lo elige el núcleo (por omisión, 3500)
    .value = PUERTO
help-serve-any = Escuchar en todas las direcciones de esta máquina
help-serve-ipv4 = Usar solo IPv4 (por omisión, ambas)
help-serve-ipv6 = Usar solo IPv6 (por omisión, ambas)
help-serve-how = Recibir de esta manera, sin sesiones: delimiter, length, tlv, two-connections o close
    .value = MANERA
help-serve-delimiter = Esperar estos bytes detrás de cada elemento (por omisión, '\n--FIN--\n')
    .value = BYTES
help-serve-as-taught = Con --how, recibir como quien empieza: un recv() de 1024 para el texto y otro para el archivo
help-serve-keys = Atender a quien tiene una clave de esta lista; SIGHUP la relee
    .value = ARCHIVO
help-serve-plain = Atender sesiones sin clave, para textos, archivos y salas
help-serve-inbox = Recibir los archivos en este directorio, que se crea si hace falta (por omisión, inbox)
    .value = DIR
help-serve-no-inbox = No aceptar archivos
help-serve-max-file = No aceptar un archivo más grande que esto (por omisión, 16G)
    .value = TAMAÑO
help-serve-max-inbox = No aceptar más que esto en total (por omisión, 64G)
    .value = TAMAÑO
help-serve-sessions = Atender como máximo esta cantidad de sesiones a la vez (por omisión, 256)
    .value = N
help-serve-drain = Esperar como máximo este tiempo lo que está en curso, al detenerse (por omisión, 30s)
    .value = TIEMPO
help-serve-exec-dir = Ejecutar las órdenes en este directorio (por omisión, el directorio personal)
    .value = DIR
help-serve-exec-time = Permitir a una orden como máximo este tiempo (por omisión, 10m)
    .value = TIEMPO
help-serve-exec-output = Permitir a una orden escribir como máximo esto (por omisión, 64M)
    .value = TAMAÑO
help-serve-allow = Atender solo a los clientes que nombra esta dirección, red o archivo (por omisión, a todos; puede repetirse)
    .value = REGLA
help-serve-deny = No atender a los clientes que nombra esta dirección, red o archivo (por omisión, ninguno; puede repetirse)
    .value = REGLA
help-serve-allow-file = Como --allow, con un archivo de una regla por línea; SIGHUP lo relee (puede repetirse)
    .value = ARCHIVO
help-serve-deny-file = Como --deny, con un archivo de una regla por línea; SIGHUP lo relee (puede repetirse)
    .value = ARCHIVO

## socklab chat

help-chat = Hablar por líneas con quien tenga un socket: netcat, un programa propio, otro socklab
    .details =
        Lo que se escribe se envía tal cual, línea por línea, y nada más: ni nombres ni saludos. Por UDP cada línea es un datagrama. Lo que dicen los otros va enseguida a la salida estándar, también mientras se escribe una línea; quién llega y quién se va, a la salida de error. En una terminal la línea puede editarse, las flechas traen las anteriores, y lo que viene de afuera se muestra de modo que no pueda darle órdenes a la terminal. De una tubería o de un archivo se envía todo; luego por TCP se termina el flujo y se lee al otro extremo hasta su fin, y por UDP se esperan las últimas respuestas.

        Quien escucha tiene hasta 64 participantes. Lo que dice uno va a los demás con su dirección delante; por UDP, quien envía participa. Con más de un participante, lo que se escribe sale con --name delante, si se lo dio. A quien no lee se lo corta, y a quien dice demasiado se lo frena.

        Con --turns los dos se alternan, como los programas de la práctica que llaman a input() y después a recv(): mientras uno espera, lo que escribe no se lee, y mientras escribe no oye nada. Un mensaje es entonces lo que trae un recv(), y se envía sin fin de línea.

        Códigos de salida: 0 también cuando el otro extremo terminó la charla; 3 cuando nadie respondió a una tubería por UDP; 4 cuando no se envió una línea de una tubería.
    .examples =
        socklab chat tcp --listen
        socklab chat tcp localhost:3500
        socklab chat udp :3500 --listen --name ana --times
        socklab chat udp --turns
help-chat-transport = Hablar por este transporte, udp o tcp
    .value = udp|tcp
help-chat-target = Hablar con este otro extremo, o con --listen esperar aquí: HOST:PUERTO, [IPV6]:PUERTO o :PUERTO en esta máquina (por omisión, localhost:3500)
    .value = DESTINO
help-chat-listen = Esperar a otros; con el puerto 0 el núcleo elige uno
help-chat-any = Escuchar en todas las direcciones de esta máquina
help-chat-once = Dejar entrar a uno solo, y terminar cuando se haya ido
help-chat-no-relay = No pasar a los demás lo que dice uno
help-chat-turns = Hablar por turnos, un mensaje cada uno, como resulta con input() y recv()
help-chat-name = Llamarse así, delante de la línea que se edita y de lo que se dice a varios (por omisión, sin nombre)
    .value = NOMBRE
help-chat-room = Hablar en esta sala de un servidor de mensajes (socklab serve), con el nombre de --name
    .value = SALA
help-chat-key = Con --room, abrir la sesión con la clave de este archivo (por omisión, SOCKLAB_KEY; si no hay, una sesión sin clave)
    .value = ARCHIVO
help-chat-times = Mostrar la hora delante de cada línea
help-chat-raw = Escribir lo que dicen los otros byte por byte, también en una terminal (por omisión, a un archivo o a una tubería, cuando hay un solo participante)
help-chat-line-end = Terminar así cada línea que se envía, lf, crlf o none (por omisión, lf, y none con --turns)
    .value = lf|crlf|none
help-chat-buffer = Recibir en un búfer de este tamaño y truncar los datagramas más largos; el script de la práctica toma 1024 (por omisión, 65535)
    .value = TAMAÑO
help-chat-reply-timeout = Esperar este tiempo el saludo inicial, y las últimas respuestas a una tubería por UDP (por omisión, 2s); con --turns, cada mensaje (por omisión, sin fin)
    .value = TIEMPO
help-chat-idle-timeout = Dar por ido a quien no dice nada por este tiempo (por omisión, 10m para quien escucha por UDP; si no, nunca)
    .value = TIEMPO
help-chat-allow = Dejar entrar solo a quienes nombra esta dirección, red o archivo (por omisión, a todos; puede repetirse)
    .value = REGLA
help-chat-deny = No dejar entrar a quienes nombra esta dirección, red o archivo (por omisión, a nadie; puede repetirse)
    .value = REGLA
help-chat-allow-file = Como --allow, con un archivo de una regla por línea (puede repetirse)
    .value = ARCHIVO
help-chat-deny-file = Como --deny, con un archivo de una regla por línea (puede repetirse)
    .value = ARCHIVO
help-chat-ipv4 = Usar solo IPv4 (por omisión, ambas)
help-chat-ipv6 = Usar solo IPv6 (por omisión, ambas)

## socklab sockets

help-sockets = Mostrar quién escucha y quién está conectado: estados, colas, procesos
    .details =
        Mostrar lo que netstat y ps muestran juntos: primero los sockets que esperan clientes, luego el resto por puerto local. Sin ser root, los procesos de otros usuarios quedan ocultos, y una última línea dice cuántos sockets les pertenecen. Cuando ningún socket coincide, una línea lo dice; no es un error, y el código de salida es 0.

        Estado: un estado de TCP, o CONNECTED o UNCONNECTED para UDP. Recv-Q: bytes que llegaron y que recv() no tomó; UDP cuenta también lo que gasta el núcleo. Para LISTEN son las conexiones que esperan accept() y el límite dado a listen(), como en 0/5; Linux deja entrar límite + 1, y ! marca una cola llena. Send-Q: bytes enviados y todavía sin confirmar. Perdidos: datagramas, o intentos de conexión para LISTEN, que no hallaron lugar. Usuario: quién creó el socket.

        Con --watch en una terminal, la tabla se dibuja otra vez en su lugar: + marca un socket nuevo, ~ uno que cambió y - uno que ya no está. Hacia un archivo o una tubería, cada cambio es una línea.
    .examples =
        socklab sockets
        socklab sockets --listening
        socklab sockets --port 3500 --watch
        socklab sockets --tcp --state established --name python
help-sockets-port = Mostrar los sockets con este puerto en cualquiera de sus extremos
    .value = PUERTO
help-sockets-pid = Mostrar los sockets de este proceso
    .value = PID
help-sockets-name = Mostrar los sockets de los procesos cuyo nombre o línea de órdenes contiene este texto
    .value = NOMBRE
help-sockets-state = Mostrar los sockets en este estado, como listen, established o time-wait (por omisión, todos; puede repetirse)
    .value = ESTADO
help-sockets-tcp = Mostrar solo sockets TCP (por omisión, ambos)
help-sockets-udp = Mostrar solo sockets UDP (por omisión, ambos)
help-sockets-listening = Mostrar solo los sockets que esperan clientes
help-sockets-watch = Volver a mirar cada tanto, a este ritmo, y marcar lo que cambia (sin tiempo, 1s)
    .value = TIEMPO
help-sockets-ipv4 = Mostrar solo IPv4 (por omisión, ambas)
help-sockets-ipv6 = Mostrar solo IPv6 (por omisión, ambas)

## socklab trace, replay

help-trace = Ejecutar programas y mostrar sus llamadas, paquetes y sockets en una sola línea de tiempo
    .details =
        Sin ser root, y para programas en cualquier lenguaje: los programas reciben una red privada en la que no hay nadie más, y cada llamada que hacen sobre un socket, cada paquete entre ellos y cada cambio de una cola es una línea, por tiempo. El nivel A es todo eso; el B, llamadas, sockets y los paquetes de la red de esta máquina; el C, llamadas y sockets. La primera línea dice qué nivel es.

        Cada línea tiene un tiempo en milisegundos desde la primera llamada, un programa y lo que pasó. Una llamada en la que un programa queda detenido tiene una línea donde empieza y otra donde vuelve, si algo pasa en el medio. Una flecha es un paquete, de quien lo envió a quien va; seq y ack cuentan desde el principio de la conexión. El estado de un socket se muestra cuando cambia. Entre corchetes está con qué certeza se conoce un tiempo, cuando no es exacto. Con programas en Python, junto a cada llamada está la línea del código.

        Los programas conservan su entrada y su salida estándar; la línea de tiempo va a la salida de errores. Con --json, los eventos van a la salida estándar y lo que escriben los programas, a la de errores. El estado de salida es el del último programa, o 128 más la señal que lo terminó; 2 si algo no se pudo iniciar o escribir.

        Varios programas van uno después del otro, cada uno detrás de su nombre: --as NOMBRE --, o --as NOMBRE --after CUÁNDO --. El siguiente empieza cuando el anterior escucha o enlazó un socket UDP (CUÁNDO listening), cuando aquel terminó (ended), o pasado un tiempo desde el principio (un tiempo; 0s es enseguida).

        Ser observado lleva tiempo: unos microsegundos por cada llamada sobre un socket, nada por las demás. Por omisión los programas comparten una CPU con quien los observa, lo que hace pequeño ese tiempo y seguro el orden de las líneas; --cpus all les da todas, y ahí se ve lo que solo falla cuando dos programas se ejecutan a la vez.
    .examples =
        socklab trace -- python3 client.py
        socklab trace --as servidor -- python3 server.py --as cliente -- python3 client.py
        socklab trace --output run.jsonl --as a -- ./server --as b --after 1s -- ./client 127.0.0.1
        socklab replay run.jsonl
help-trace-as = Llamar así al programa (por omisión, el nombre de su script o de su archivo; para cada programa siguiente, antes de su orden)
    .value = NOMBRE
help-trace-after = Iniciar el programa pasado este tiempo desde el principio; para cada programa siguiente también listening o ended (por omisión, enseguida; los siguientes, cuando el anterior escucha)
    .value = CUÁNDO
help-trace-output = Escribir la grabación en este archivo, para socklab replay
    .value = ARCHIVO
help-trace-pcapng = Escribir paquetes y llamadas en este archivo para Wireshark: al final, o en una tubería a medida que ocurre; - es la salida estándar
    .value = ARCHIVO
help-trace-html = Escribir la grabación como una página para un navegador, que no necesita nada más; - es la salida estándar
    .value = ARCHIVO
help-trace-perfetto = Escribir la grabación como una traza para ui.perfetto.dev; - es la salida estándar
    .value = ARCHIVO
help-trace-script = Escribir la grabación como un guion, para compararlo con otros; - es la salida estándar
    .value = ARCHIVO
help-trace-pid = Observar este proceso, que ya se ejecuta (puede repetirse)
    .value = PID
help-trace-join = Dar a los programas la red privada de otra grabación (sin número, la de la única que haya)
    .value = PID
help-trace-net = Dar a los programas una red privada, o la de esta máquina: private, machine (por omisión, private; con --pid, machine)
    .value = RED
help-trace-mtu = No enviar paquetes más grandes por la red privada, en bytes (por omisión, 1500)
    .value = BYTES
help-trace-snap = Conservar esta cantidad de cada paquete; 0 es todo (por omisión, 2048)
    .value = TAMAÑO
help-trace-strings = Conservar esta cantidad de los datos de cada llamada (por omisión, 256)
    .value = TAMAÑO
help-trace-cpus = Ejecutar los programas en una CPU o en todas: one, all (por omisión, one)
    .value = CPUS
help-trace-tui = Mostrar la grabación en toda la pantalla, mientras se hace
help-trace-no-lines = No buscar las líneas del código de Python
help-trace-no-io-uring = Decir a los programas que no hay io_uring, para que hagan llamadas
help-trace-all = Mostrar búsquedas de nombres, lo que el lenguaje hace para sí, procesos sin sockets, y cada vez que se miró un socket
help-trace-for = Terminar los programas después de este tiempo
    .value = TIEMPO
help-trace-keep = Dejar que los servidores sigan cuando terminó el último programa
help-trace-command = Ejecutar esta orden, con sus argumentos
    .value = ORDEN

help-replay = Mostrar otra vez una grabación de socklab trace
    .details =
        Una grabación cortada, porque el disco se llenó o porque se terminó a quien observaba, se muestra hasta donde llega. Con --json, se escriben otra vez los eventos de la grabación, con lo que se halla en ellos.
    .examples =
        socklab replay run.jsonl
        socklab replay --all run.jsonl
        socklab replay --json run.jsonl
help-replay-file = Leer este archivo; - es la entrada estándar
    .value = ARCHIVO
help-replay-pcapng = Escribir paquetes y llamadas en este archivo para Wireshark; - es la salida estándar
    .value = ARCHIVO
help-replay-html = Escribir la grabación como una página para un navegador, que no necesita nada más; - es la salida estándar
    .value = ARCHIVO
help-replay-perfetto = Escribir la grabación como una traza para ui.perfetto.dev; - es la salida estándar
    .value = ARCHIVO
help-replay-script = Escribir la grabación como un guion, para compararlo con otros; - es la salida estándar
    .value = ARCHIVO
help-replay-tui = Mostrar la grabación en toda la pantalla
help-replay-expect = Comparar la grabación con este guion, y terminar con 4 si es otra
    .value = ARCHIVO
help-replay-all = Mostrar búsquedas de nombres, lo que el lenguaje hace para sí, procesos sin sockets, y cada vez que se miró un socket

## socklab dissector

help-dissector = Escribir un disector, con el que Wireshark y tshark muestran los mensajes de socklab
    .examples =
        socklab dissector --install
        socklab dissector > socklab.lua; tshark -X lua_script:socklab.lua -i lo -Y socklab
    .details =
        Decodifica TCP y UDP en el puerto 3500, y en otros puertos las sesiones cuyo comienzo se capturó. Una sesión sellada muestra cómo se abre y cuántos bytes van en cada sentido; lo que dicen no está en la captura.

        Los filtros de visualización empiezan con "socklab", como en socklab.kind == "RESULT".
help-dissector-install = Escribirlo donde Wireshark busca tus complementos, ~/.local/lib/wireshark/plugins (por omisión, en la salida estándar)

## socklab extcap

extcap-interface = Socket lab: llamadas y paquetes de una orden
extcap-command = Orden
extcap-command-tip = Qué ejecutar y observar, como en un intérprete de órdenes
extcap-server = Servidor
extcap-server-tip = Qué ejecutar antes; la orden empieza cuando escucha
extcap-installed = instalado: { $path }
hint-extcap = Wireshark anterior a 4.2 busca en otro lugar: asignar a WIRESHARK_EXTCAP_DIR un directorio con un script de esta línea: exec socklab extcap "$@"
help-extcap = Capturar los paquetes y las llamadas de una orden desde Wireshark
    .examples =
        socklab extcap --install
        socklab trace -w - -- python3 cliente.py | wireshark -k -i -
    .details =
        Wireshark muestra la interfaz "Socket lab" y pide una orden en su diálogo. La orden se ejecuta en una red privada, como con socklab trace; sus llamadas están entre los paquetes, como entradas del diario.

        Las demás opciones son las que Wireshark da por sí mismo.
help-extcap-install = Hacer que Wireshark 4.2 o posterior lo encuentre: escribir un script en ~/.local/lib/wireshark/extcap
help-extcap-extcap-interfaces = Listar las interfaces (así pregunta Wireshark)
help-extcap-extcap-version = Decir qué Wireshark pregunta
    .value = VERSIÓN
help-extcap-extcap-interface = Decir qué interfaz se quiere
    .value = NOMBRE
help-extcap-extcap-dlts = Decir qué da la interfaz
help-extcap-extcap-config = Decir qué se puede fijar
help-extcap-extcap-capture-filter = No tener en cuenta este filtro: usar uno de visualización
    .value = FILTRO
help-extcap-capture = Capturar en --fifo
help-extcap-fifo = Escribir allí los paquetes y las llamadas
    .value = ARCHIVO
help-extcap-server = Ejecutar esto primero, como orden del intérprete
    .value = ORDEN
help-extcap-command = Ejecutar y observar esto, como orden del intérprete
    .value = ORDEN

## socklab key

help-key = Crear claves para el servidor de mensajes, y mostrar lo que se puede saber de ellas
    .details =
        Una clave es un secreto que comparten un cliente y un servidor, con un nombre y con lo que permite a quien la tiene. El cliente tiene un archivo con su clave; el servidor, una lista con una línea por cada una. Los dos se rechazan cuando otros pueden leerlos. Un secreto nunca se muestra.
    .examples =
        socklab key new ana
        socklab key show socklab.keys
help-key-new = Crear una clave: un archivo para el cliente, y una línea en la lista del servidor
    .examples =
        socklab key new ana
        socklab key new eva --may text,file,chat,stop
        socklab key new ops --may exec --commands uptime,/bin/date
help-key-new-name = Llamar así a la clave
    .value = NOMBRE
help-key-new-may = Permitir esto a quien la tiene: uno o más de text, file, chat, stop y exec (por omisión, text,file,chat)
    .value = PERMISOS
help-key-new-commands = Permitir que ejecute estas órdenes, nombradas justo así; * es cualquier orden (por omisión, ninguna)
    .value = ÓRDENES
help-key-new-shell = Permitir que ejecute cualquier línea de un shell
help-key-new-file = Escribir aquí el archivo del cliente, que no debe existir (por omisión, NOMBRE.key)
    .value = ARCHIVO
help-key-new-keys = Agregar una línea a esta lista del servidor, que se crea si no existe (por omisión, socklab.keys)
    .value = ARCHIVO
help-key-show = Mostrar las claves de un archivo: nombres, identificadores y lo que permite cada una, nunca un secreto
    .examples =
        socklab key show socklab.keys
        socklab key show ana.key
help-key-show-file = Mostrar este archivo, de un cliente o de un servidor
    .value = ARCHIVO

## socklab completions, man, help

help-completions = Escribir un script que completa las órdenes de socklab en un shell
    .examples =
        socklab completions bash > ~/.local/share/bash-completion/completions/socklab
        socklab completions zsh > ~/.zfunc/_socklab
        socklab completions fish > ~/.config/fish/completions/socklab.fish
help-completions-shell = Escribirlo para este shell: bash, zsh o fish
    .value = SHELL
help-man = Escribir las páginas de manual
    .examples =
        socklab man | man -l -
        socklab man --dir ~/.local/share/man/man1
help-man-dir = Escribir una página por cada orden en este directorio (por omisión, la principal en la salida estándar)
    .value = DIRECTORIO
help-help = Mostrar la ayuda de una orden
help-help-command = Mostrar la ayuda de esta orden (por omisión, la de todas)
    .value = ORDEN

## socklab stop

help-stop = Detener un servidor de mensajes, cuando haya terminado lo que tiene en curso
    .details =
        Desde ese momento el servidor no acepta nada nuevo; esta orden termina cuando el servidor ha terminado. Necesita una clave con el permiso stop.
    .examples =
        socklab stop --key ana.key
        socklab stop --key ana.key --udp example.org:3500
help-stop-target = Detener este servidor: HOST:PUERTO, [IPV6]:PUERTO, o :PUERTO en esta máquina (por omisión, localhost:3500)
    .value = DESTINO
help-stop-key = Abrir la sesión con la clave de este archivo (por omisión, SOCKLAB_KEY; si no hay, una sesión sin clave)
    .value = ARCHIVO
help-stop-udp = Usar UDP (por omisión, TCP)
help-stop-timeout = Esperar como máximo este tiempo a que se abra la sesión (por omisión, 10s)
    .value = TIEMPO
help-stop-ipv4 = Usar solo IPv4 (por omisión, ambas)
help-stop-ipv6 = Usar solo IPv6 (por omisión, ambas)

## socklab exec

help-exec = Ejecutar una orden en un servidor de mensajes, con su entrada y su salida aquí
    .details =
        La salida estándar y la salida de errores de la orden aparecen aquí a medida que se escriben, por separado. El estado de salida es el de la orden, o 128 más la señal que la terminó; 127 si la orden no existe y 126 si no se puede iniciar; 5 si el servidor la deniega; 255 si cualquier otra cosa falló de este lado o en el camino. Cuando esta orden termina, termina también todo lo que inició allí. Necesita una clave con el permiso exec, y la orden en la lista de la clave.
    .examples =
        socklab exec --key ana.key -- uptime
        socklab exec --key ana.key --shell -- 'ls -l | wc -l'
        tar c . | socklab exec --key ana.key example.org:3500 -- tar x
help-exec-target = Ejecutarla en este servidor: HOST:PUERTO, [IPV6]:PUERTO, o :PUERTO en esta máquina (por omisión, localhost:3500)
    .value = DESTINO
help-exec-key = Abrir la sesión con la clave de este archivo (por omisión, SOCKLAB_KEY; si no hay, una sesión sin clave)
    .value = ARCHIVO
help-exec-udp = Usar UDP (por omisión, TCP)
help-exec-shell = Dar la orden a /bin/sh -c como una sola línea; la clave necesita la palabra shell
help-exec-no-input = No dar entrada a la orden, y no tocar la entrada estándar
help-exec-time-limit = Terminar la orden después de este tiempo (por omisión, el que fije el servidor)
    .value = TIEMPO
help-exec-output-limit = Terminar la orden cuando haya escrito esta cantidad (por omisión, la que fije el servidor)
    .value = TAMAÑO
help-exec-timeout = Esperar como máximo este tiempo a que se abra la sesión (por omisión, 10s)
    .value = TIEMPO
help-exec-ipv4 = Usar solo IPv4 (por omisión, ambas)
help-exec-ipv6 = Usar solo IPv6 (por omisión, ambas)
help-exec-command = Ejecutar esta orden, con sus argumentos
    .value = ORDEN

## Una grabación en toda la pantalla (--tui)

tui-nothing-yet = Todavía no pasó nada.
tui-no-match = Ninguna línea pasa el filtro. Esc las muestra todas.
tui-no-details = De esta línea no se sabe más.
tui-no-sockets = No hay ningún socket abierto en este momento.
tui-no-output = Los programas no escribieron nada.
tui-findings-later = Se buscan cuando termina la grabación: recién entonces se sabe quién espera para siempre.
tui-sockets = Sockets en este momento
tui-column-socket = Socket
tui-output = Lo que escribieron los programas
tui-output-live = Lo que escriben los programas; lo que escribas acá es para ellos (Tab sale)
tui-live = grabando
tui-follows = grabando, siguiendo el final
tui-paused = { $count ->
    [one] en pausa, 1 línea nueva
   *[other] en pausa, { $count } líneas nuevas
}
tui-left-out = { $count ->
    [one] falta la primera entrada
   *[other] faltan las primeras { $count } entradas
}
tui-keys = Tab paneles · / filtro · ? teclas · q salir
tui-filter-help = texto @proceso :clase (llamada, paquete, socket, proceso, contador, traza, nota); Enter lo deja, Esc no
tui-kind-call = llamada
tui-kind-packet = paquete
tui-kind-socket = socket
tui-kind-process = proceso
tui-kind-counter = contador
tui-kind-kernel = traza
tui-kind-note = nota
tui-help =
    ↑ ↓ k j         línea anterior o siguiente
    RePág AvPág     una página hacia arriba o hacia abajo
    Inicio Fin g G  primera o última línea
    Tab Mayús-Tab   panel siguiente o anterior
    Enter           los detalles; de un hallazgo, su evidencia
    /               filtro: texto @proceso :clase
    Esc             vuelve a las líneas; ahí, otra vez todas
    Espacio         pausa; la grabación sigue
    q Ctrl-C        salir; con eso termina la grabación

    Cualquier tecla cierra esto.
tui-no-terminal = --tui necesita una terminal: la salida estándar no es una
tui-stdout-taken = --tui ocupa la terminal, y la salida estándar tiene otra cosa
hint-tui = dejá --tui afuera, o escribí en archivos

## La página de una grabación (HTML)

page-noscript = Esta página dibuja una grabación con un script que trae consigo. El navegador no lo ejecuta: permití los scripts de este archivo.
page-timeline = Línea de tiempo
page-wire = la red
page-wire-about = paquetes, contadores, el núcleo
page-findings = Hallazgos
page-no-findings = No se halló nada que sus autores deban saber.
page-why = Por qué
page-todo = Qué hacer
page-evidence = Pruebas
page-evidence-mark = prueba
page-elsewhere = no está en esta página
page-details = Detalles
page-no-details = Elegir un evento para ver todo lo que se sabe de él.
page-close = Cerrar
page-certainty = Certeza
page-exact = exacta
page-since = entre { $time } y este momento: se mira cada tanto
page-observation = Observación
page-socket-then = El socket según lo último que se dijo de él hasta entonces
page-go-there = Ir ahí
page-payload = desde la marca: lo que envió el programa
page-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
page-bytes-of = Bytes ({ $kept } de { $whole })
page-filter = Filtro
page-search = Buscar en los textos
page-processes = Carriles
page-sockets = Socket
page-all-sockets = todos los sockets
page-kinds = Clases
page-kind-call = llamadas
page-kind-packet = paquetes
page-kind-socket = estados de sockets
page-kind-counter = contadores
page-kind-kernel = puntos de traza
page-kind-process = procesos
page-kind-note = notas
page-everything = también lo propio del lenguaje, la búsqueda de nombres y los estados sin cambios
page-shown = { $shown } de { $all } eventos
page-show-all = Mostrar todo
page-recorded = Grabado
page-theme = Claro u oscuro
page-keys = Teclas
page-key-move = evento anterior o siguiente
page-key-enter = sus detalles
page-key-ends = primer o último evento
page-key-filter = buscar
page-key-finding = hallazgo siguiente o anterior
page-key-close = cerrar, o dejar la búsqueda
page-key-keys = estas teclas
page-printed = Se imprimen las primeras { $printed } de { $all } filas. Para elegir otras, filtrá antes de imprimir.

page-fact-seen = Se ve
page-fact-lines = Líneas
page-fact-processors = Procesadores
page-fact-network = Red
page-fact-recorded-on = Grabado en
page-fact-recorded-by = Grabado por
page-fact-counts = En total
page-fact-missing = Falta
page-fact-end = Fin
page-mtu = privada; paquetes de hasta { $bytes } bytes (MTU)
page-counts = llamadas: { $calls } · paquetes, contando cada sentido: { $packets }
page-folded = { $count ->
    [one] { $count } proceso sin sockets no tiene carril
   *[other] { $count } procesos sin sockets no tienen carril
}
page-left-out = { $count ->
    [one] no está el último evento: la página está llena
   *[other] no están los últimos { $count } eventos: la página está llena
}

page-pending = no había vuelto cuando terminó la grabación
page-owner-listener = { $name } · { $address } (el socket que escucha: aún sin aceptar)
page-owner-unknown = { $address } (nadie a quien se observe)
page-socket-unheld = sin descriptor
page-recv-queue = Recv-Q { $bytes }
page-send-queue = Send-Q { $bytes }
page-drops = perdidos { $count }

page-label-process = Proceso
page-label-thread = Hilo
page-label-socket = Socket
page-label-outcome = Resultado
page-label-began = Tiempo
page-label-ended = Terminó
page-label-took = Duró
page-label-source = Línea del código
page-label-from = De
page-label-to = Para
page-label-departed = Salió
page-label-arrived = Llegó
page-label-on-the-way = En camino
page-label-length = Longitud
page-label-data = Datos
page-label-interface = Interfaz
page-label-protocol = Protocolo
page-label-numbers = Números
page-label-window = Ventana
page-label-options = Opciones
page-label-hops = Saltos restantes
page-label-fragment = Fragmento
page-label-about = Sobre
page-label-state = Estado
page-label-local = Dirección propia
page-label-peer = Otro extremo
page-label-recv-queue = Recv-Q
page-label-send-queue = Send-Q
page-label-waiting = Cola de aceptación
page-label-drops = Perdidos
page-label-buffers = Búferes
page-label-shared = Compartido
page-label-command = Línea de órdenes

trace-step = { $operation }: { $cause }
trace-no-private-network = sin red privada: { $why }
trace-no-packets = sin paquetes: { $why }
trace-nothing-to-join = ahora no hay ninguna grabación con red privada
trace-several-to-join = ahora hay varias grabaciones: procesos { $pids }
trace-already-traced = el proceso { $pid } ya tiene un rastreador: el proceso { $tracer }
trace-unknown-machine = en este tipo de máquina no se puede rastrear programas: no se conocen los números de sus llamadas al sistema
hint-trace-join = iniciar una en otra terminal: socklab trace -- COMANDO
hint-trace-join-one = decir cuál: --join=PID
hint-trace-execute = revisar la ortografía; un script necesita permiso de ejecución y una primera línea como #!/usr/bin/env python3, o su intérprete delante
hint-trace-attach = los procesos de otros usuarios requieren root; para los propios también puede requerirlo el sysctl { $sysctl }
hint-trace-one-tracer = un proceso tiene un solo rastreador: terminar antes strace, gdb o el otro socklab
hint-trace-cpus = probar --cpus all
hint-trace-packets = los paquetes requieren una red privada, o CAP_NET_RAW: ejecutar con sudo; socklab doctor dice qué permite este equipo

## socklab doctor, lo que muestra

doctor-fine = sí
doctor-limited = en parte
doctor-missing = no
doctor-calls = llamadas de los programas
doctor-private-network = una red privada
doctor-packets-here = paquetes de la red de esta máquina
doctor-descriptors = sockets, por descriptor
doctor-socket-lists = sockets que ningún programa tiene
doctor-counters = contadores de la red
doctor-python-lines = líneas del código en Python
doctor-running-processes = programas que ya se ejecutan (--pid)
doctor-kernel-events = lo que el núcleo pierde, y por qué
doctor-io-uring = llamadas en lugar de io_uring
doctor-traced = el proceso { $tracer } rastrea a socklab, y un proceso tiene un solo rastreador
doctor-yama-started = Yama deja que un programa rastree solo lo que inició
doctor-yama-root = Yama deja rastrear solo a root
doctor-yama-nobody = Yama no deja rastrear a nadie
doctor-apparmor = AppArmor quita los privilegios de los espacios de nombres de usuario ({ $failure })
doctor-turned-off = { $sysctl } es 0
doctor-used-up = ya se usan tantos espacios de nombres como puede haber
doctor-container = el contenedor lo prohíbe ({ $failure })
doctor-unprivileged = requiere CAP_{ $capability }
doctor-not-root = solo se le dice a root
doctor-no-tracefs = tracefs no está montado
doctor-no-python = no hay python3
doctor-old-python = Python { $version } es demasiado viejo
doctor-no-hook = python3 no ejecuta lo que socklab le da en PYTHONPATH
doctor-python-stack = se leen de la pila de Python { $version }
doctor-python-hook = Python { $version } las dice por un gancho, que lo hace más lento
doctor-old-kernel = este núcleo no tiene { $call }
doctor-io-uring-allowed = lo que los programas dejan a io_uring no se ve
doctor-silent = se probó, y no dio nada
doctor-no-level = ningún nivel: sin llamadas no se puede grabar nada
doctor-and-kernel-events = { $level }; y lo que el núcleo pierde
doctor-to-have = Para tener { $condition }:
doctor-do-root = ejecutarlo como root: { $command }
doctor-do-set = cambiar el ajuste, hasta que la máquina vuelva a iniciar: { $command }
doctor-do-set-at-start = cambiar el ajuste, y reiniciar la máquina: { $command }
doctor-do-profile = hacer que AppArmor se lo permita a socklab: { $command }
doctor-do-capabilities = iniciar el contenedor con más privilegios: { $command }
doctor-do-without-filter = iniciar el contenedor sin su filtro de llamadas: { $command }
doctor-do-outside = ejecutarlo fuera del contenedor
doctor-do-end-tracer = terminar el proceso { $tracer }, o ejecutar socklab sin él
doctor-do-start = hacer que socklab inicie el programa: { $command }
doctor-do-mount = montarlo: { $command }
doctor-do-python = instalar Python 3.8 o posterior: { $command }
doctor-do-kernel = usar Linux 5.6 o posterior
doctor-do-no-io-uring = decir a los programas que no existe: { $command }

## socklab lab

help-lab = Hacer que los ejercicios de la práctica ocurran, y mostrar qué enseñan
    .details =
        Cada experimento ejecuta sus programas en una red propia, los graba, y responde con lo que se vio esa vez: no se dice ninguna cifra que no se haya medido. Lo que este núcleo hace de otro modo también se dice.
    .examples =
        socklab lab list
        socklab lab run 1.3
        socklab lab run all --yes
help-lab-list = Listar los experimentos
    .examples = socklab lab list
help-lab-show = Mostrar qué pregunta un experimento, y con qué se puede variar
    .examples = socklab lab show 2.5.1
help-lab-show-exercise = Mostrar este ejercicio de la práctica
    .value = EJERCICIO
help-lab-run = Ejecutar experimentos: predecir, mirar la línea de tiempo y comparar con la respuesta
    .details =
        Termina con 0 si todas las escenas se grabaron, sin importar lo que se predijo ni lo que este núcleo hizo de otro modo; con 4 si alguna no se pudo grabar.
    .examples =
        socklab lab run 1.4 --pause 2s --report out
        socklab lab run 2.5.1 --backlog 5 --clients 8
        socklab lab run all --yes --report out
help-lab-run-exercise = Ejecutar estos ejercicios de la práctica, o todos (se puede repetir)
    .value = EJERCICIO|all
help-lab-run-yes = No pedir predicciones (por omisión: pedirlas en una terminal)
help-lab-run-all = Mostrar también lo que hacen por su cuenta los lenguajes y cada mirada a un socket
help-lab-run-predict = Predecir esto; 'socklab lab show --json' tiene los nombres (por omisión: preguntar en una terminal)
    .value = OPCIÓN
help-lab-run-report = Escribir lo grabado en este directorio: de cada escena, un .pcapng para Wireshark y un .jsonl (por omisión, nada)
    .value = DIR
help-lab-run-backlog = Pedir una cola de aceptación de esta longitud (por omisión, la de la práctica)
    .value = N
help-lab-run-clients = Hacer que vengan tantos clientes (por omisión, los de la práctica)
    .value = N
help-lab-run-message-size = Enviar mensajes de este tamaño (por omisión, el de la práctica)
    .value = TAMAÑO
help-lab-run-buffer = Recibir a lo sumo tantos bytes por vez (por omisión, los de la práctica)
    .value = TAMAÑO
help-lab-run-pause = Pausar tanto tiempo donde el experimento pausa (por omisión, lo necesario para verlo)
    .value = TIEMPO
help-lab-run-mtu = No dejar que ningún paquete pase de tantos bytes (por omisión, 1500)
    .value = BYTES
help-lab-run-sysctl = Poner un ajuste del núcleo de la red privada (por omisión, ninguno; se puede repetir)
    .value = NOMBRE=VALOR

## socklab doctor

help-doctor = Probar qué puede ver socklab trace en esta máquina, y decir con qué vería más
    .details =
        Cada cosa que una grabación necesita se prueba de verdad, como este usuario, y nada de la máquina cambia. Una línea dice si está (+ sí, ~ en parte, - no) y por qué no; después viene el nivel que alcanza una grabación: A es llamadas, sockets y los paquetes de una red privada; B es llamadas, sockets y los paquetes de la red de esta máquina; C es llamadas y sockets. Debajo está con qué mejoraría, con las órdenes para hacerlo: de varias, basta una.

        El código de salida es 0 para los niveles A y B, 5 para el C, en el que los paquetes se niegan a este usuario, y 2 donde no se puede grabar nada.
    .examples =
        socklab doctor
        sudo socklab doctor
        socklab doctor --json
help-doctor-apparmor-profile = Escribir un perfil con el que AppArmor deja a este programa crear espacios de nombres de usuario

## socklab check, lo que dice

check-state-pass = cumple
check-state-fail = no cumple
check-state-warn = advertencia
check-state-skip = omitido
check-state-error = no se pudo saber
check-state-unstable = inestable
check-severity-robust = robustez
check-severity-advice = consejo
check-verdict-pass = { $exercise }: cumple. Se cumplen { $passed } de { $of } requisitos
check-verdict-fail = { $exercise }: no cumple. Se cumplen { $passed } de { $of } requisitos
check-verdict-error = { $exercise }: no se pudo juzgar. Se cumplen { $passed } de { $of } requisitos
check-verdict-unstable = { $exercise }: inestable. Se cumplen { $passed } de { $of } requisitos, y un mismo ensayo no terminó igual dos veces
check-expected = se esperaba
check-observed = se observó
check-steps = pasos
check-timeline = línea de tiempo
check-lines-left-out = { $lines ->
        [one] falta 1 línea anterior a estas
       *[other] faltan { $lines } líneas anteriores a estas
    }
check-counters = el núcleo contó
check-waits = al final, { $role } esperaba en
check-wrote = { $role } escribió
check-source = { $role } hizo sus últimas llamadas en
check-knowledge = lo que hay que saber
check-cause = causa probable
check-experiment = para verlo: { $command }
check-part = bytes { $from } a { $to } de { $total }
check-other-trial = el otro ensayo salió bien: el programa, o el equipo, no hace siempre lo mismo
check-why-needs = necesita { $id }, que no se cumple
check-why-overloaded = el equipo estaba demasiado ocupado
check-why-ptrace = este equipo no deja que socklab acorte los envíos del programa (ptrace)
check-why-networks = este equipo no deja que socklab tenga redes propias
check-why-undeclared = el manifiesto tiene que decir { $field }
check-why-io-uring = el programa hace sus llamadas por io_uring, donde nadie las ve
check-why-not-executed = no se pudo ejecutar { $file }: { $cause }
check-why-broken = la comprobación no pudo hacer su trabajo: { $cause }
role-server = el servidor
role-client = el cliente
told-nothing = nada
told-bytes = { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    }: { $text }
told-written = escrito: { $text }
told-file = el archivo { $name }, { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    }, SHA-256 { $sha256 }
told-ready = un socket que espera en { $address } ({ $transport })
told-from = una respuesta de { $address }
told-exited = termina con { $status }
told-signalled = la señal { $signal } lo termina
told-running = sigue en marcha
told-connected = una conexión
told-refused = un rechazo
told-closed = el fin del flujo
told-reset = la conexión cortada (RST)
told-blocked = espera en { $call }
told-at-least = { $count } o más
told-at-most = { $count } o menos
told-percent = { $percent } % de un procesador
told-something = bytes, los que sean
step-start = se inicia { $role }
step-ready = { $role } espera en { $address } ({ $transport })
step-listen = esperamos en { $address } ({ $transport })
step-connect = extremo { $peer }, de { $from } a { $to }: { $outcome }
step-accept = extremo { $peer }: la conexión de { $from }
step-send = el extremo { $peer } envía { $bytes }
step-receive = el extremo { $peer } recibe { $got }
step-receive-from = el extremo { $peer } recibe { $got }, de { $from }
step-silence = el programa está en reposo, y el extremo { $peer } no recibió nada
step-half-close = el extremo { $peer } termina su flujo
step-reset = el extremo { $peer } corta (RST)
step-close = el extremo { $peer } cierra
step-type = se escribe para { $role }: { $line }
step-end-of-input = no se escribe más para { $role }
step-output-found = { $role } escribió lo que se esperaba
step-output-missing = { $role } no escribió lo que se esperaba
step-clamp = desde ahora un envío toma como máximo { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    }
step-no-clamp = desde ahora un envío toma lo que se le da
step-small-buffers = desde ahora el núcleo guarda como máximo { $bytes } bytes de lo que se envía por una conexión nueva (tcp_wmem)
step-stop-and-continue = { $role } se detiene y sigue (SIGSTOP, SIGCONT)
step-end = terminamos { $role }
step-overuse = { $role } ocupa { $mebibytes } MiB de memoria, más de lo que puede un programa; lo terminamos
step-ended = { $role }: { $how }
step-relay = entre los dos programas: { $manner }
step-pause = pasan { $time }
step-left-out = { $steps ->
        [one] aquí falta 1 paso
       *[other] aquí faltan { $steps } pasos
    }
manner-faithful = los bytes pasan como vienen
manner-fragmented = los primeros { $bytes } bytes pasan en trozos de { $piece }
manner-coalesced = lo que viene se guarda, y pasa todo junto
manner-delayed = todo pasa { $time } más tarde
manner-truncated = { $bytes ->
        [one] pasa 1 byte
       *[other] pasan { $bytes } bytes
    }, y los dos flujos terminan
manner-reset = { $bytes ->
        [one] pasa 1 byte
       *[other] pasan { $bytes } bytes
    }, y las dos conexiones se cortan

## socklab check y grade, lo que dicen de manifiestos y de un curso

value-shard = no es una parte de un total
value-words = no es una orden: falta cerrar una comilla
hint-shard = escribir I/N, como 1/8, con N de { $max } como máximo
hint-words = cerrar la comilla, como en "python3 'mi servidor.py'"
check-no-program = no hay programa para comprobar
hint-check-program = escribirlo al final, como en { $command }, o en socklab.toml, bajo [server] o [client]
check-no-requirement = { $exercise } no tiene ningún requisito { $name }
check-not-judged = no se pudo juzgar: { $cause }
check-assumed-shutdown = nadie dijo qué mensaje termina el servidor; "{ $message }" lo termina, y se tomó ese
check-assumed-command = nadie dijo qué mensaje ejecuta una orden; "{ $form }" lo hace, y se tomó ese
check-assumed-status = nadie dijo dónde está el estado en la respuesta; se leyó con "{ $expression }"
check-assumed-framing = nadie dijo qué termina un mensaje; con "{ $framing }" vuelve uno, y se tomó eso
check-assumed-allowed = nadie dijo qué direcciones atiende el servidor; de las que hay en su código atiende { $addresses }
check-isolation-no-mounts = el programa no alcanzó otros procesos ni la red, pero vio los archivos de esta máquina
check-isolation-none = el programa no estuvo aislado de nada: corrió como este usuario, en la red de esta máquina
check-undeclared = { $exercise } deja algo libre que no se pudo averiguar: { $fields }
hint-check-undeclared = decirlo en socklab.toml, bajo [protocol]; '{ $command }' escribe uno para completar
check-file-exists = { $file } ya existe
hint-check-file-exists = borrarlo, o escribir otro con --output
check-written = se escribió { $file }: basta quitar el # de lo que se quiera decir
manifest-mistake = { $file }, línea { $line }: { $mistake }
manifest-too-long = { $file } tiene más de { $max } bytes
manifest-unknown-key = clave desconocida { $key }
manifest-wrong = valor incorrecto para { $key }
manifest-no-exercise = { $file } no pide ningún ejercicio
manifest-deadline = la fecha de entrega necesita un día, una hora y una diferencia horaria
hint-manifest-deadline = escribirla como 2026-05-12T23:59:00-03:00, sin comillas
hint-manifest-init = '{ $command }' escribe uno con todas las claves
hint-manifest-toml = el analizador dice: { $detail }
hint-manifest-schema = este socklab conoce schema = 1
hint-manifest-range = escribir un número de { $min } a { $max }
hint-manifest-command = escribir una lista de palabras, como ["python3", "servidor.py"], { $max } como máximo
hint-manifest-placeholder = { $word } no representa nada; lo que sí representa algo es { $known }
hint-manifest-address = escribir una dirección IP, como 127.0.0.1
hint-manifest-too-many = escribir { $max } como máximo
hint-manifest-file-name = escribir el nombre de un archivo del directorio del programa
hint-manifest-one-form = decirlo de una sola de sus formas
hint-manifest-hex = escribir pares de dígitos hexadecimales, como "ff 00"
hint-manifest-empty = escribir al menos un byte
hint-manifest-encoding = tiene una letra que la codificación no tiene
hint-manifest-no-command = escribir {"{"}cmd{"}"} donde va la orden
hint-manifest-no-group = escribir un grupo llamado status alrededor del número: (?P<status>-?[0-9]+)
hint-manifest-framing = escribir stream, eof, newline, u16be, u32be, u32le, u64be, ascii-length, fixed:N o un delimitador
hint-manifest-points = escribir un número de 0 a 10000 con dos decimales como máximo
notice-timeout-scale = el manifiesto pide plazos más largos que los que puede pedir un estudiante: son { $max } veces más largos
notice-strict = el manifiesto no puede hacer la comprobación menos estricta que la del docente
notice-hints = el manifiesto no puede pedir más sugerencias que las que permite el docente
notice-points = los puntos los da el docente: los del manifiesto no cuentan
notice-hide = solo el docente puede ocultar requisitos: lo que dice el manifiesto no cuenta
grade-begun = { $tasks } tareas, { $done } de ellas ya hechas
grade-done = [{ $done }/{ $tasks }] { $submission } { $exercise }: { $outcome }
grade-result = { $state }, { $points }
grade-pass = cumple
grade-fail = no cumple
grade-error = no se pudo juzgar
grade-unstable = inestable
grade-absent = no entregado
grade-ambiguous = varios archivos podrían ser el programa: { $files }
grade-language = un lenguaje que no se acepta: { $file }
grade-manifest = un error en el manifiesto: { $mistake }
grade-unreadable = no se puede corregir: { $cause }
grade-broken = la comprobación no pudo hacer su trabajo: { $cause }
grade-pending = todavía no hecho
grade-late = fuera de plazo
grade-isolation = aislamiento
grade-isolation-no-mounts = vio los archivos de la máquina
grade-isolation-none = ninguno
grade-written = { $done } de { $tasks } tareas están hechas; ver { $file }
grade-shard-written = la parte { $number } de { $count } está hecha; para juntar todas: '{ $command }'
grade-stopped = detenido: { $done } de { $tasks } tareas están hechas, y la misma orden sigue
grade-no-submissions = { $directory } no tiene entregas: un directorio por cada una
grade-too-many = { $directory } tiene más de { $max } entregas
grade-busy = otro socklab está escribiendo { $file }
grade-no-journal = { $file } no es un registro de socklab grade: { $detail }
grade-journal-header = su primera línea no es la de un registro
grade-journal-version = es de la versión { $version }
grade-journal-line = no se puede leer la línea { $line }
grade-journal-too-long = es demasiado largo
grade-no-journals = { $directory } no tiene ningún registro de socklab grade
hint-grade-journals = dar registros, o el directorio que escribió 'socklab grade --output'
grade-other-class = { $file } es de otro curso, o de otros ejercicios o puntos
hint-grade-other-class = escribir en otro directorio con --output, o borrar el anterior
hint-grade-class = escribir en { $file } lo que se pide al curso; docs/grading.md muestra cómo
hint-grade-directory = dar el directorio en el que cada entrega tiene un directorio propio
hint-grade-output = escribir en otro directorio con --output
grade-shard-unknown = { $variable } está definida, y { $missing } no dice de cuántas partes
grade-shard-variable = { $variable }={ $value } no es una parte de un total
hint-grade-shard = decirlo con --shard I/N; --shard 1/1 es todo
page-title = Resultados
page-submission = entrega
page-points = puntos
page-alike = Lo que falló igual
page-requirement = requisito
page-cause = causa probable
page-who = entregas
page-unknown-cause = no se sabe
page-of = { $done } de { $tasks } tareas

## socklab check, socklab grade

help-check = Comprobar si un programa hace lo que pide un ejercicio
    .details =
        Ejecuta el programa como un huésped en el que no se confía, habla con él como su otro extremo en muchas condiciones, y dice de cada requisito si se cumple, con las pruebas. Los scripts de la práctica no necesitan nada más; lo que un ejercicio deja libre se dice en socklab.toml al lado del programa, y --init escribe uno para completar.

        El código de salida es 0 si el programa hace lo que se pide, 1 si no, 2 ante un error de la línea de órdenes o de un manifiesto, 3 si no se pudo saber, y 4 si un mismo ensayo no terminó igual dos veces.
    .examples =
        socklab check 1.3 -- python3 udp_echo_server.py
        socklab check 1.5.5 --init
        socklab check 2.5.4 --server "python3 servidor.py" --client "python3 cliente.py"
        socklab check 2.5.3 --hints 1 --format junit --output informe.xml -- ./servidor
help-check-exercise = Comprobar para este ejercicio, por su número en la práctica
    .value = EJERCICIO
help-check-manifest = Leer el manifiesto del docente, que está por encima del propio
    .value = ARCHIVO
help-check-strict = Hacer que lo que vuelve robusto a un programa también decida
help-check-seed = Formar el contenido de los mensajes con este número (1)
    .value = NÚMERO
help-check-only = Probar solo este requisito, y los que necesita; puede repetirse (todos)
    .value = ID
help-check-hints = Revelar hasta acá: 0 son los nombres, 1 lo que se vio, 2 lo que hay que saber, 3 la causa probable (1)
    .value = NIVEL
help-check-format = Escribir human, json, junit o gradescope (human)
    .value = FORMATO
help-check-output = Escribir en este archivo, entero después de cada requisito (salida estándar)
    .value = ARCHIVO
help-check-init = Escribir un manifiesto con todas las claves del ejercicio (en socklab.toml)
help-check-server = Ejecutar esto como servidor
    .value = ORDEN
help-check-client = Ejecutar esto como cliente
    .value = ORDEN
help-check-command = Ejecutar este programa
    .value = ORDEN
help-grade = Comprobar las entregas de todo un curso
    .details =
        Cada directorio en DIRECTORIO es una entrega. El manifiesto del curso dice qué ejercicios se piden y cuánto valen. Cada tarea hecha se escribe enseguida en un registro; la misma orden sigue donde terminó. Los resultados son results.jsonl, results.csv y summary.html.

        En un pod de un Job indexado de Kubernetes, o en un arreglo de Slurm, la parte por hacer se toma del entorno.
    .examples =
        socklab grade entregas --class class.toml --output graded
        socklab grade entregas --shard 1/4 --output graded
        socklab grade merge graded --output graded
help-grade-directory = Corregir las entregas de este directorio
    .value = DIRECTORIO
help-grade-class = Leer lo que se pide al curso (class.toml en DIRECTORIO)
    .value = ARCHIVO
help-grade-output = Escribir el registro y los resultados en este directorio (graded)
    .value = DIRECTORIO
help-grade-shard = Corregir solo esta parte, como 1/8
    .value = I/N
help-grade-jobs = Hacer esta cantidad de tareas a la vez (cuatro por procesador)
    .value = NÚMERO
help-grade-seed = Formar el contenido de los mensajes con este número (sale del manifiesto del curso)
    .value = NÚMERO
help-grade-merge = Juntar las partes de un curso
    .details =
        Toma los registros de todas las partes, o directorios que los contienen, en cualquier orden y las veces que sea, y escribe los resultados de todo el curso.
    .examples =
        socklab grade merge graded --output graded
        socklab grade merge nodo-*/journal-*.jsonl --output resultados
help-grade-merge-journals = Tomar este registro, o los de este directorio (se puede repetir)
    .value = REGISTRO
help-grade-merge-output = Escribir los resultados en este directorio (graded)
    .value = DIRECTORIO

## socklab bench, lo que dice

bench-own = un socklab echo propio ({ $address })
bench-begun = { $transport } a { $target }: { $shape }
bench-part = parte { $number } de { $count }: { $connections ->
        [one] 1 conexión
       *[other] { $connections } conexiones
    }
bench-closed-loop = { $connections ->
        [one] 1 conexión
       *[other] { $connections } conexiones
    }, mensajes de { $size } bytes, { $depth } en camino en cada una
bench-open-loop = { $connections ->
        [one] 1 conexión
       *[other] { $connections } conexiones
    }, mensajes de { $size } bytes, { $rate } empezados por segundo
bench-burst = ráfagas de un solo origen, datagramas de { $size } bytes, { $depth } en camino
bench-ping-pong = un cliente que duerme hasta que llega su eco, mensajes de { $size } bytes
bench-spin = un cliente que nunca duerme, mensajes de { $size } bytes
bench-connect = { $connections ->
        [one] 1 conexión
       *[other] { $connections } conexiones
    } a la vez, que se abren, llevan { $size } bytes y se cierran una y otra vez
bench-idle = { $connections ->
        [one] 1 conexión
       *[other] { $connections } conexiones
    }: la primera lleva { $size } bytes una y otra vez y las demás están inactivas
bench-progress = intervalo { $index } de { $of }: { $rate } ecos/s, 99 % en { $p99 }
bench-rate = { $rate } ecos/s, { $bytes }B/s en cada sentido, durante { $time }
bench-checked = { $echoes ->
        [one] 1 eco
       *[other] { $echoes } ecos
    }, con cada byte como se envió
bench-latency = latencia: 50 % { $p50 }, 90 % { $p90 }, 99 % { $p99 }, 99,9 % { $p999 }, la más larga { $max }
bench-cpu = tiempo de procesador por eco: servidor { $server }, cliente { $client }
bench-cpu-client = tiempo de procesador por eco: cliente { $client }; los procesos del servidor no se ven desde aquí
bench-cpu-unknown = tiempo de procesador: no se conoce
bench-memory = memoria del servidor por conexión inactiva: { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    }, sin la del núcleo
bench-lost = { $count ->
        [one] se perdió 1 datagrama
       *[other] se perdieron { $count } datagramas
    }
bench-late = { $count ->
        [one] 1 eco llegó
       *[other] { $count } ecos llegaron
    } tarde o dos veces
bench-refused = { $count ->
        [one] 1 conexión fue rechazada
       *[other] { $count } conexiones fueron rechazadas
    }
bench-broken = { $count ->
        [one] 1 conexión terminó
       *[other] { $count } conexiones terminaron
    } antes del eco
bench-unsent = { $count ->
        [one] 1 mensaje debía haber empezado al final
       *[other] { $count } mensajes debían haber empezado al final
    }: si son muchos, el servidor es más lento que el ritmo pedido; sus esperas cuentan como latencias
bench-histogram = latencias
bench-plot = ritmo en el tiempo, { $count } intervalos de { $length }
bench-wake = despertar un hilo en otro procesador cuesta aquí { $time }
bench-wake-waits = despertar un hilo en otro procesador cuesta aquí { $time }; un eco espera hasta dos veces eso, haga lo que haga el servidor
bench-one-processor = hay un solo procesador: los dos extremos lo comparten
bench-not-pinned = los clientes no están fijados a un procesador: donde los ponga el planificador cambia las cifras; --cpu los fija
bench-pinned = los clientes están fijados al procesador { $cpus }
bench-noise = ruido: el ritmo de un intervalo varía un { $percent } %
bench-noisy = ruido: el ritmo de un intervalo varía un { $percent } %; conviene medir más tiempo, o cuando la máquina tenga menos que hacer
bench-busy = los clientes trabajaron todo el tiempo, así que el ritmo también es el suyo: conviene comparar el tiempo de procesador por eco, o agregar --threads
bench-parts = { $have } de { $of } partes
bench-overlap = todas las partes midieron a la vez solo durante un { $percent } % del tiempo: los ritmos de las demás no se suman
bench-connection = conexión { $number }
bench-closed = el servidor cerró la conexión { $number } antes de que llegaran sus ecos
bench-silent = no llegó ningún eco durante { $time }; { $waiting ->
        [one] 1 conexión espera
       *[other] { $waiting } conexiones esperan
    }
bench-wrong-byte = conexión { $number }: el byte { $offset } volvió como { $actual }, y se envió { $expected }; las cifras de un servidor así no significan nada
bench-wrong-length = conexión { $number }: volvieron { $actual } bytes donde debían venir { $expected }; las cifras de un servidor así no significan nada
bench-wrong-number = conexión { $number }: llegó el eco del datagrama { $actual }, y el último que se envió es { $sent }
bench-out-of-range = { $flag } { $value } está fuera de rango para esta carga
bench-no-rate = esta forma no tiene ritmo: cada mensaje espera el eco anterior
bench-time = --duration y --timeout son al menos 10ms, y con --warmup a lo sumo 24h
bench-not-over = esta forma no es para este transporte
bench-no-own-server = el servidor propio no arranca
bench-results-too-long = { $file } tiene más de { $max } bytes, así que no tiene resultados de socklab bench
bench-other-load = { $file } es de otra carga
bench-twice = { $file } tiene una parte que ya estaba
bench-too-many = hay más de { $max } partes
bench-no-results = { $file } no tiene resultados de socklab bench
hint-bench-range = escribir un número de { $min } a { $max }
hint-bench-rate = quitar --rate, o usar la forma loop o burst
hint-bench-time = escribir tiempos dentro de eso, como --duration 5s
hint-bench-shape = connect e idle son para tcp, burst es para udp
hint-bench-merge = dar cada archivo de una carga una sola vez, como lo escribió 'socklab bench --output'
hint-bench-ports = todos los puertos locales están en uso o en TIME-WAIT; usar menos conexiones, o más equipos con --shard
hint-bench-no-echo-server = ¿es un servidor de eco? 'socklab ask' muestra qué responde
hint-bench-answered = lo que llegó empieza con '{ $bytes }': ¿es un servidor de eco?

## socklab bench

help-bench = Medir qué tan rápido es un servidor de eco, y comprobar cada byte que vuelve
    .details =
        HOST:PUERTO puede ser un servidor de eco cualquiera; sin él, bench arranca un socklab echo propio. En un lazo cerrado cada eco empieza el mensaje siguiente. Con --rate los mensajes empiezan a su hora, siga el servidor el paso o no, y las latencias cuentan desde ahí.

        Formas: loop son muchas conexiones detrás de un solo lazo de eventos; ping-pong es un cliente que duerme hasta que llega su eco; spin es uno que nunca duerme; connect abre, usa y cierra conexiones (tcp); idle deja en silencio todas las conexiones menos una (tcp); burst es un solo origen cuyos datagramas el núcleo corta y junta (udp).

        Varias máquinas se reparten una carga con --shard, que en un pod de un Job indexado de Kubernetes, o en un arreglo de Slurm, se toma del entorno; 'socklab bench merge' junta sus resultados.
    .examples =
        socklab bench tcp
        socklab bench tcp localhost:3500 --connections 500 --duration 10s
        socklab bench udp localhost:3500 --rate 20000 --log udp.hlog
        socklab bench tcp --shape ping-pong --cpu 1
        socklab bench tcp servidor:3500 --shard 1/4 --output parte-1.json
        socklab bench merge parte-*.json
help-bench-transport = Cargar un servidor por udp o tcp
    .value = TRANSPORTE
help-bench-target = Cargar este servidor (por omisión, un socklab echo propio)
    .value = HOST:PUERTO
help-bench-shape = Usar las conexiones así: loop, ping-pong, spin, connect, idle o burst (por omisión, loop)
    .value = FORMA
help-bench-connections = Usar tantas conexiones, u orígenes de datagramas, entre todas las partes (por omisión, 50)
    .value = NÚMERO
help-bench-depth = Tener tantos mensajes en camino en cada conexión (por omisión, 1; 64 con --rate y en ráfagas)
    .value = NÚMERO
help-bench-size = Enviar mensajes de este tamaño (por omisión, 64)
    .value = TAMAÑO
help-bench-rate = Empezar tantos mensajes por segundo, entre todas las partes (por omisión, tan rápido como llegan los ecos)
    .value = NÚMERO
help-bench-duration = Medir durante este tiempo (por omisión, 5s)
    .value = TIEMPO
help-bench-warmup = Hacer lo mismo antes durante este tiempo (por omisión, 500ms)
    .value = TIEMPO
help-bench-timeout = Dar un datagrama por perdido, y por mudo un servidor por tcp, tras este tiempo sin eco (por omisión, 250ms y 5s)
    .value = TIEMPO
help-bench-threads = Repartir las conexiones entre tantos hilos (por omisión, 1)
    .value = NÚMERO
help-bench-cpu = Fijar los hilos a este procesador; varios se toman por turno (puede repetirse)
    .value = NÚMERO
help-bench-shard = Usar solo esta parte de las conexiones, como 1/8
    .value = I/N
help-bench-output = Escribir los resultados en este archivo, para 'socklab bench merge'
    .value = ARCHIVO
help-bench-log = Escribir las latencias en este archivo, como registro de HdrHistogram
    .value = ARCHIVO
help-bench-ipv4 = Usar solo IPv4
help-bench-ipv6 = Usar solo IPv6
help-bench-merge = Juntar las partes de una carga
    .details =
        Toma los resultados de todas las partes, en cualquier orden. Las cuentas y los histogramas se suman, así que no importa cómo se cortó la carga. Lo que se juntó se puede juntar otra vez.
    .examples =
        socklab bench merge parte-*.json
        socklab bench merge parte-*.json --output todo.json
help-bench-merge-files = Tomar estos resultados (puede repetirse)
    .value = ARCHIVO
help-bench-merge-output = Escribir los resultados de todo en este archivo
    .value = ARCHIVO

report-title = La práctica, hecha con sockets reales
report-date = Fecha
report-kernel = Núcleo
report-question = Pregunta
report-prediction = Predicción
report-chosen = predicción elegida
report-came-true = se cumplió
report-holds = como se esperaba
report-differs = aquí fue distinto
report-unknown = aquí no se sabe
report-left-out = { $count ->
    [one] aquí se omite una fila más
   *[other] aquí se omiten { $count } filas más
}
report-files = Para Wireshark: { $packets }; para socklab replay: { $archive }
report-time = Hora (ms)
report-written = informe: { $file }
