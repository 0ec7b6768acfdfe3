"""A properties file with one pool, called real, of connections to a server."""


def write(at):
    known = at.server.known
    lines = [f"plugins.dir = {at.build}/lib/cistern/plugins", "pools = real", "pool.real.plugin = hive",
             "pool.real.max_size = 2", "pool.real.acquire_timeout = 5s",
             f"pool.real.hive.auth = {at.server.auth}"]
    if at.server.auth == "none":
        lines += [f"pool.real.hive.user = {known['user']}", f"pool.real.hive.password = {known['password']}"]
    if at.server.has_tls:
        lines += [f"pool.real.hive.endpoint = localhost:{known['port']}", "pool.real.hive.tls = on",
                  f"pool.real.hive.tls_ca = {known['ca']}"]
    else:
        lines.append(f"pool.real.hive.endpoint = {known['host']}:{known['port']}")
    conf = at.run_dir / f"{at.server.name}.properties"
    conf.write_text("\n".join(lines) + "\n")
    return conf
