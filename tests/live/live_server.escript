%% The ssl application of Erlang/OTP with every suite of TLS 1.0 to 1.2.
%% Arguments: port, certificate chain, key, DH parameters.
-mode(compile).

main([Port, Chain, Key, Dh]) ->
    {ok, _} = application:ensure_all_started(ssl),
    Versions = ['tlsv1.2', 'tlsv1.1', tlsv1],
    Suites = lists:usort(lists:flatmap(fun suites/1, Versions)),
    {ok, Listener} = ssl:listen(list_to_integer(Port),
        [{ip, {127, 0, 0, 1}}, {reuseaddr, true}, {backlog, 64}, {certfile, Chain}, {keyfile, Key},
         {dhfile, Dh}, {versions, Versions}, {ciphers, Suites}, {log_level, none}]),
    accept(Listener).

suites(Version) ->
    ssl:cipher_suites(all, Version) ++ ssl:cipher_suites(anonymous, Version).

accept(Listener) ->
    {ok, Socket} = ssl:transport_accept(Listener),
    Pid = spawn(fun() -> receive go -> serve(Socket) end end),
    ok = ssl:controlling_process(Socket, Pid),
    Pid ! go,
    accept(Listener).

serve(Socket) ->
    case ssl:handshake(Socket, 10000) of
        {ok, Tls} ->
            case ssl:recv(Tls, 0, 10000) of
                {ok, _} -> ssl:send(Tls, "HTTP/1.0 200 OK\r\n\r\nlive\n");
                _ -> ok
            end,
            ssl:close(Tls);
        _ -> ok
    end.
