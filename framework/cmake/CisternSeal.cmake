# cmake -D FILE=<plugin.so> -P CisternSeal.cmake
#
# Ends a freshly linked plugin with a digest of itself. The host compares the two, so that a plugin
# that was damaged on its way is refused instead of crashing the process some day.
file(SHA256 "${FILE}" digest)
file(APPEND "${FILE}" "\ncistern-seal sha256 ${digest}\n")
